#include "tests/sim/station.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "daemon/daemon.h"
#include "tests/unit/test.h"
#include "ttsd/control/succession.h"

void
station_configure(struct conf *c, const char *text)
{
	static const struct daemon_program program = { .name = "ttsd",
		.about = "",
		.not_checked = "",
		.check = ttsd_check };
	/* What is kept has tests of its own, with a clerk, which say so. */
	char *argv[] = { "ttsd", "-D", "ttsd.durable=no", NULL };
	bool kept = strstr(text, "durable") != NULL;

	fake_file(path_config_file(), text, false);
	if (daemon_configure(kept ? 1 : 3, argv, &program, c) != DAEMON_GO_ON)
		fail_msg("%s", fake_complaint());
}

int
station_start(struct station *s, const char *conf)
{
	int rc;

	*s = (struct station){ .client = NULL };
	station_configure(&s->ttsd.conf, conf);
	fake_enter();
	rc = ttsd_start(&s->ttsd);
	fake_leave();
	return rc;
}

void
station_begin(struct station *s, uint64_t seed, const char *conf)
{
	fake_begin(seed);
	speakers_begin();
	station_start_again(s, conf);
	fake_settle();
}

void
station_start_again(struct station *s, const char *conf)
{
	assert_int_equal(station_start(s, conf), DAEMON_GO_ON);
	s->client = client_open(STATION_CONTROL);
}

void
station_cut(struct station *s)
{
	fake_enter();
	ttsd_end(&s->ttsd);
	fake_leave();
	client_close(s->client);
	client_close(s->events);
	s->client = s->events = NULL;
}

static bool
has_stopped(void *arg)
{
	const struct station *s = arg;

	return fake_stopped(s->ttsd.loop);
}

void
station_stop(struct station *s)
{
	fake_signal(s->ttsd.loop, LOOP_TERMINATE);
	if (!fake_run_until(has_stopped, s, 60 * NS_PER_S))
		fail_msg("ttsd does not stop");
	station_cut(s);
	assert_int_equal(proc_living(), 0);
}

/* What is handed over is read as the successor would. */
static void
bequeath(const struct parcel *p)
{
	struct parcel read;
	struct buf bytes;

	buf_init(&bytes, PARCEL_MAX);
	assert_int_equal(parcel_pack(p, &bytes), 0);
	assert_int_equal(parcel_unpack(&bytes, &read), 0);
	fake_bequeath(&read);
}

bool
station_upgrade(struct station *s, const char *conf)
{
	struct parcel p;
	char why[200];
	int rc;

	client_close(s->client);
	client_close(s->events);
	fake_settle();
	assert_int_equal(parcel_init(&p), 0);
	fake_enter();
	rc = ttsd_save(&s->ttsd, &p, false, why, sizeof(why));
	fake_leave();
	if (rc == 0) {
		bequeath(&p);
		fake_enter();
		ttsd_end(&s->ttsd);
		fake_leave();
		assert_int_equal(station_start(s, conf), DAEMON_GO_ON);
	} else {
		assert_int_equal(rc, ERR_AGAIN);
	}
	parcel_done(&p);
	s->client = client_open(STATION_CONTROL);
	station_listen(s);
	return rc == 0;
}

void
station_end(struct station *s)
{
	station_stop(s);
	fake_end();
}

void
station_listen(struct station *s)
{
	s->events = client_open(STATION_CONTROL);
	assert_true(reply_ok(client_ask(s->events, "{'op':'subscribe'}")));
}

const json_t *
station_reply(struct station *s, const json_t *r)
{
	int ms;

	for (ms = 0; r == NULL && ms < 2000; ms += 10) {
		fake_run(10 * NS_PER_MS);
		r = client_reply(s->client);
	}
	assert_non_null(r);
	return r;
}

const json_t *
station_ask(struct station *s, const char *fields)
{
	return station_reply(s, client_ask(s->client, "{%s}", fields));
}

const json_t *
station_good(struct station *s, const char *fields)
{
	const json_t *r = station_ask(s, fields);

	if (!reply_ok(r))
		fail_msg("%s: %s", fields, json_text(r, "message"));
	return r;
}

void
station_refuses(struct station *s, const char *fields, const char *words)
{
	const json_t *r = station_ask(s, fields);

	assert_false(reply_ok(r));
	if (strstr(json_text(r, "message"), words) == NULL)
		fail_msg("%s: \"%s\", without \"%s\"", fields,
		    json_text(r, "message"), words);
}

uint64_t
station_say(struct station *s, const char *text, const char *more)
{
	const json_t *r = client_ask(
	    s->client, "{'op':'say','text':'%s'%s}", text, more ? more : "");
	int tries;

	/* A voice is checked once an engine has said which it has. */
	for (tries = 0; r == NULL && tries < 60; tries++) {
		fake_run(NS_PER_S);
		r = client_reply(s->client);
	}
	if (!reply_ok(r))
		fail_msg("say: %s", json_text(r, "message"));
	return (uint64_t)json_number(r, "id");
}

const json_t *
station_wait(struct station *s, uint64_t id)
{
	const json_t *e;
	int ms;

	for (ms = 0; ms < 120000; ms += 100) {
		e = client_event_of(s->events, "finished", id);
		if (e)
			return e;
		fake_run(100 * NS_PER_MS);
	}
	fail_msg("announcement %d does not end", (int)id);
	return NULL;
}
