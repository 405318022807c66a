#include "tests/sim/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "daemon/daemon.h"
#include "streamer-supervisor/outputs/check.h"
#include "streamer-supervisor/sender/sender_internal.h"
#include "tests/unit/test.h"

/* ---- ttsd -------------------------------------------------------------- */

static json_t *
describe_channel(const struct desk *d, const char *name)
{
	json_t *readers = json_array();
	const struct process *p = encoders_find("aac");

	if (p)
		json_array_append_new(readers,
		    json_pack("{s:I, s:i, s:i, s:i, s:I}", "pid",
			(json_int_t)process_pid(p), "lag_ms", 0, "first_sample",
			0, "left_out", 0, "edge", (json_int_t)d->edge));
	return json_pack("{s:s, s:s, s:i, s:I, s:o}", "name", name, "state",
	    d->speaking ? "speaking" : "idle", "rate", 24000, "sample",
	    (json_int_t)d->sample, "subscribers", readers);
}

/* Puts in the reply what was asked for; false: it is not answered. */
static bool
answer(struct desk *d, const json_t *asked, json_t *reply)
{
	const char *op = json_text(asked, "op");

	if (strcmp(op, "subscribe") == 0)
		json_object_set_new(reply, "seq",
		    json_integer((json_int_t)json_array_size(d->told)));
	if (json_object_get(asked, "since"))
		json_object_set_new(reply, "from",
		    json_integer(json_number(asked, "since") + 1));
	if (strcmp(op, "status") == 0)
		json_object_set_new(reply, "channels",
		    json_pack("[o]",
			describe_channel(d, json_text(asked, "channel"))));
	if (strcmp(op, "history") == 0 && d->ended)
		json_object_set(reply, "items", d->ended);
	if (strcmp(op, "history") == 0 && d->ended == NULL)
		json_object_set_new(reply, "ok", json_false());
	if (strcmp(op, "receipt") != 0)
		return true;
	if (!d->hoards)
		json_array_extend(
		    d->receipts, json_object_get(asked, "receipts"));
	return !d->hoards;
}

/* Tells all events from that number on. */
static void
tell_from(const struct desk *d, size_t number)
{
	const json_t *line;

	for (; (line = json_array_get(d->told, number)) != NULL; number++) {
		peer_puts(d->link, json_string_value(line));
		peer_puts(d->link, "\n");
	}
}

static void
answer_line(struct desk *d, const char *line, size_t len)
{
	json_t *asked = json_loadb(line, len, 0, NULL);
	json_t *tag = json_object_get(asked, "tag");
	json_t *reply = json_pack("{s:b}", "ok", 1);
	char *text;

	if (tag)
		json_object_set(reply, "tag", tag);
	if (answer(d, asked, reply)) {
		text = json_dumps(reply, JSON_COMPACT);
		peer_puts(d->link, text);
		peer_puts(d->link, "\n");
		free(text);
	}
	if (json_object_get(asked, "since"))
		tell_from(d, (size_t)json_number(asked, "since"));
	json_decref(reply);
	json_decref(asked);
}

static void
link_data(void *arg, const uint8_t *data, size_t len)
{
	const char *line = (const char *)data, *newline;
	struct desk *d = arg;

	/* The supervisor writes whole lines. */
	while ((newline = memchr(line, '\n', len)) != NULL) {
		answer_line(d, line, (size_t)(newline - line));
		len -= (size_t)(newline - line) + 1;
		line = newline + 1;
	}
}

static void
link_ended(void *arg, int err)
{
	struct desk *d = arg;

	(void)err;
	peer_close(d->link);
	d->link = NULL;
}

static const struct stream_events link_events = { .data = link_data,
	.ended = link_ended };

static void
link_accepted(void *arg, struct stream *peer)
{
	struct desk *d = arg;

	peer_close(d->link);
	d->link = peer;
	stream_set_owner(peer, &link_events, d);
}

void
desk_ttsd(struct desk *d, bool up)
{
	fake_listen(DESK_CONTROL, up ? link_accepted : NULL, d);
	if (!up)
		peer_close(d->link);
	if (!up)
		d->link = NULL;
	fake_settle();
}

void
desk_lag(struct desk *d, int64_t pid)
{
	char line[128];

	snprintf(line, sizeof(line),
	    "{\"event\":\"subscriber\",\"state\":\"lagging\",\"pid\":%lld}\n",
	    (long long)pid);
	if (d->link)
		peer_puts(d->link, line);
	fake_settle();
}

void
desk_speak(struct desk *d, uint64_t id, uint64_t from, uint64_t end)
{
	char line[200];

	snprintf(line, sizeof(line),
	    "{\"event\":\"finished\",\"channel\":\"main\",\"id\":%llu,"
	    "\"outcome\":\"spoken\",\"first_sample\":%llu,"
	    "\"last_sample\":%llu,\"seq\":%zu}",
	    (unsigned long long)id, (unsigned long long)from,
	    (unsigned long long)end - 1, json_array_size(d->told) + 1);
	json_array_append_new(d->told, json_string(line));
	if (d->link)
		tell_from(d, json_array_size(d->told) - 1);
	fake_settle();
}

const char *
desk_receipts(const struct desk *d, uint64_t id, const char *output)
{
	static char text[400];
	const json_t *one;
	size_t i, n = 0;

	text[0] = '\0';
	json_array_foreach(d->receipts, i, one)
	{
		if (json_number(one, "id") != (int64_t)id ||
		    strcmp(json_text(one, "output"), output) != 0)
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s%s%s",
		    n ? " " : "", json_text(one, "state"),
		    json_text(one, "reason")[0] ? ": " : "",
		    json_text(one, "reason"));
	}
	return text;
}

/* ---- life -------------------------------------------------------------- */

static int
desk_run(struct desk *d)
{
	static const struct daemon_program program = {
		.name = "streamer-supervisor",
		.about = "",
		.not_checked = "",
		.check = outputs_check
	};
	char *argv[] = { "streamer-supervisor", NULL };
	int rc;

	memset(&d->sv, 0, sizeof(d->sv));
	rc = daemon_configure(1, argv, &program, &d->sv.conf);
	if (rc != DAEMON_GO_ON)
		fail_msg("%s", fake_complaint());
	fake_enter();
	rc = supervisor_start(&d->sv);
	fake_leave();
	return rc;
}

int
desk_start(struct desk *d, const char *conf)
{
	fake_file(path_config_file(), conf, false);
	return desk_run(d);
}

/* What is handed over is read as the successor would. */
static void
bequeath(struct parcel *p)
{
	struct parcel read;
	struct buf bytes;

	buf_init(&bytes, PARCEL_MAX);
	assert_int_equal(parcel_pack(p, &bytes), 0);
	assert_int_equal(parcel_unpack(&bytes, &read), 0);
	fake_bequeath(&read);
}

/* One that has yet to find out what to start begins that again. */
static bool
is_being_found_out(const json_t *status)
{
	return strcmp(json_text(status, "state"), "starting") == 0 &&
	       json_integer_value(json_object_get(status, "pid")) == 0;
}

/* What an upgrade leaves as it is: all but what reads streams back. */
static json_t *
lasting_status(const struct desk *d)
{
	json_t *all = json_object(), *one, *videos;
	const struct output *o = NULL;
	size_t i;

	while ((o = outputs_next(&d->sv.outputs, o)) != NULL) {
		one = output_status(o);
		json_object_del(one, "probe");
		json_object_del(one, "heard");
		json_object_set_new(all, output_name(o), one);
	}
	videos = picture_keeper_status(&d->sv.pictures);
	json_array_foreach(videos, i, one)
	    json_object_set(all, json_text(one, "name"), one);
	json_decref(videos);
	return all;
}

static void
expect_status(const struct desk *d, json_t *expected)
{
	json_t *now = lasting_status(d), *one, *other;
	const char *name;

	json_object_foreach(expected, name, one)
	{
		other = json_object_get(now, name);
		if (!is_being_found_out(one) && !json_equal(one, other))
			fail_msg("the upgrade has changed\n%s\nto\n%s",
			    json_dumps(one, JSON_SORT_KEYS),
			    json_dumps(other, JSON_SORT_KEYS));
	}
	json_decref(now);
	json_decref(expected);
}

bool
desk_upgrade(struct desk *d)
{
	struct parcel p;
	json_t *before;
	char why[200];
	int rc;

	client_close(d->client);
	fake_settle();
	before = lasting_status(d);
	assert_int_equal(parcel_init(&p), 0);
	rc = succession_save(&d->sv, &p, false, why, sizeof(why));
	if (rc == 0) {
		bequeath(&p);
		fake_enter();
		supervisor_end(&d->sv);
		fake_leave();
		fake_settle();
		if (d->meanwhile)
			d->meanwhile(d);
		assert_int_equal(desk_run(d), DAEMON_GO_ON);
		expect_status(d, before);
	} else {
		json_decref(before);
		assert_int_equal(rc, ERR_AGAIN);
	}
	parcel_done(&p);
	d->client = client_open(DESK_STREAMER);
	fake_settle();
	return rc == 0;
}

void
desk_begin(struct desk *d, uint64_t seed, const char *conf)
{
	*d = (struct desk){ .receipts = json_array(), .told = json_array() };
	fake_begin(seed);
	encoders_begin();
	desk_ttsd(d, true);
	assert_int_equal(desk_start(d, conf), DAEMON_GO_ON);
	d->client = client_open(DESK_STREAMER);
	fake_settle();
}

static bool
has_stopped(void *arg)
{
	const struct desk *d = arg;

	return fake_stopped(d->sv.loop);
}

void
desk_stop(struct desk *d)
{
	fake_signal(d->sv.loop, LOOP_TERMINATE);
	if (!fake_run_until(has_stopped, d, 60 * NS_PER_S))
		fail_msg("the supervisor does not stop");
	assert_int_equal(encoders_living(), 0);
	fake_enter();
	supervisor_end(&d->sv);
	fake_leave();
	client_close(d->client);
	d->client = NULL;
	desk_ttsd(d, false);
	assert_int_equal(proc_living(), 0);
}

void
desk_leave(struct desk *d)
{
	json_decref(d->receipts);
	json_decref(d->ended);
	json_decref(d->told);
	fake_end();
}

void
desk_end(struct desk *d)
{
	desk_stop(d);
	desk_leave(d);
}

/* ---- what is asked ----------------------------------------------------- */

bool
desk_ask(struct desk *d, const char *op, const char *name)
{
	return reply_ok(
	    client_ask(d->client, "{'op':'%s','name':'%s'}", op, name));
}

bool
desk_add(struct desk *d, const char *name, const char *keys)
{
	return reply_ok(
	    client_ask(d->client, "{'op':'add','name':'%s',%s}", name, keys));
}

bool
desk_reload(struct desk *d, const char *conf)
{
	fake_file(path_config_file(), conf, false);
	return reply_ok(client_ask(d->client, "{'op':'reload'}"));
}

struct output *
desk_output(const struct desk *d, const char *name)
{
	return outputs_find(&d->sv.outputs, name);
}

enum child_state
desk_state(const struct desk *d, const char *name)
{
	const struct output *o = desk_output(d, name);

	if (o == NULL)
		fail_msg("there is no output '%s'", name);
	return output_state(o);
}

struct wish {
	const struct desk *desk;
	const char *name;
	enum child_state state;
};

static bool
has_come_true(void *arg)
{
	const struct wish *w = arg;

	return desk_state(w->desk, w->name) == w->state;
}

void
desk_until(struct desk *d, const char *name, enum child_state state, int64_t ns)
{
	struct wish w = { d, name, state };

	if (!fake_run_until(has_come_true, &w, ns))
		fail_msg("output '%s' is %s, not %s", name,
		    child_state_name(desk_state(d, name)),
		    child_state_name(state));
	desk_check(d);
}

const json_t *
desk_status(struct desk *d, const char *name)
{
	const json_t *r = client_ask(d->client, "{'op':'status'}");
	const json_t *list = json_object_get(r, "outputs");
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (strcmp(json_text(json_array_get(list, i), "name"), name) ==
		    0)
			return json_array_get(list, i);
	fail_msg("status knows no output '%s'", name);
	return NULL;
}

/* ---- what must hold ---------------------------------------------------- */

/* A sender has a process that lives exactly when its state says so, and a
 * keeper at no other time. */
static void
check_sender(const struct sender *s)
{
	const struct child *c = &s->child;
	const struct process *p = s->run.process;

	if (c->state == CHILD_RUNNING)
		assert_non_null(p);
	if (p)
		assert_true(child_alive(c));
	if (!child_alive(c))
		assert_true(keeping_is_blind(s->launch.keeping));
	if (c->state == CHILD_BACKOFF || c->state == CHILD_REJECTED) {
		assert_in_range(
		    c->wait_ns, c->backoff.initial_ns / 2, c->backoff.max_ns);
		assert_int_not_equal(s->wait, WAIT_NOTHING);
	}
	if (c->state != CHILD_STOPPED && c->deadline_ns != CHILD_NEVER)
		assert_true(c->deadline_ns > clock_now_ns());
	assert_true(c->restarts < c->spawns || c->spawns == 0);
}

void
desk_check(const struct desk *d)
{
	const struct output *o = NULL;
	const struct sender *s = NULL;
	size_t alive = 0;

	while ((s = sender_next(&d->sv.env, s)) != NULL) {
		check_sender(s);
		alive += s->run.process && !proc_has_ended(s->run.process);
	}
	/* None without an owner. */
	assert_int_equal(alive, encoders_living());
	while ((o = outputs_next(&d->sv.outputs, o)) != NULL)
		if (output_state(o) == CHILD_STOPPED)
			assert_true(output_backoff_ms(o) == 0);
}
