/*
 * Memory that runs out in a ttsd that keeps what it accepts, while it restores
 * what an earlier one has left and is asked for more.
 *
 * Story: an answer of the ledger that there was no memory for was passed over,
 * and a question that could not be asked was never asked again: announcements
 * were not restored, or all who asked for one waited for ever.
 */
#include "tests/sim/clerk.h"
#include "tests/sim/shortage.h"
#include "tests/sim/shortages.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static const char conf[] = "[ttsd]\n"
			   "durable = yes\n"
			   "[channel main]\n"
			   "rate = 8000\n"
			   "frame_ms = 40\n"
			   "[message ticket]\n"
			   "text = {ticket}, {counter}\n"
			   "[series A]\n"
			   "[series B]\n";

#define LEFT 3
#define KEPT_MAX 16

struct day {
	struct station station;
	struct client *asker;
	uint64_t kept[KEPT_MAX]; /* ids of which a client was told so */
	size_t count;
	json_int_t called; /* the last number that a client was told of */
};

static const json_t *
ask(struct day *d, const char *request)
{
	const json_t *reply;
	int tries;

	if (d->asker == NULL || peer_ended(client_peer(d->asker))) {
		client_close(d->asker);
		d->asker = client_open(STATION_CONTROL);
		fake_settle();
	}
	if (peer_ended(client_peer(d->asker)))
		return NULL;
	reply = client_ask(d->asker, "%s", request);
	for (tries = 0; reply == NULL && tries < 100; tries++) {
		fake_run(20 * NS_PER_MS);
		reply = client_reply(d->asker);
	}
	if (reply == NULL && !peer_ended(client_peer(d->asker)))
		fail_msg("no answer to %s", request);
	return reply;
}

static void
say(struct day *d, const char *request)
{
	const json_t *r = ask(d, request);

	if (reply_ok(r) && json_is_true(json_object_get(r, "durable")) &&
	    d->count < KEPT_MAX)
		d->kept[d->count++] = (uint64_t)json_number(r, "id");
}

/* Calls the next number of a series: none is called twice. */
static void
call(struct day *d)
{
	const json_t *r =
	    ask(d, "{'op':'call','series':'A','counter':'1','by':'x'}");
	json_int_t number;

	if (!reply_ok(r))
		return;
	number = strtoll(json_text(r, "ticket") + 1, NULL, 10);
	if (number <= d->called)
		fail_msg("%d is called behind %d", (int)number, (int)d->called);
	d->called = number;
}

static void
desk_pass(struct day *d)
{
	call(d);
	ask(d, "{'op':'call','series':'A','counter':'1','key':'c'}");
	ask(d, "{'op':'call','series':'A','counter':'1','key':'c'}");
	call(d);
	ask(d, "{'op':'call','again':true}");
	ask(d, "{'op':'transfer','ticket':'A001','counter':'2'}");
	ask(d, "{'op':'skip-number','series':'A'}");
	ask(d, "{'op':'call','series':'B','counter':'1'}");
	ask(d, "{'op':'uncall','id':16}");
	ask(d, "{'op':'set-series','series':'B','next':7}");
	ask(d, "{'op':'series'}");
	ask(d, "{'op':'calls'}");
	ask(d, "{'op':'messages'}");
}

static void
leave_some(void)
{
	char fields[200];
	int id;

	for (id = 1; id <= LEFT; id++) {
		snprintf(fields, sizeof(fields),
		    "'channel':'main','key':'k%d','request':{'text':'left'},"
		    "'accepted_ms':%lld",
		    id, (long long)FAKE_START_UTC_MS);
		clerk_put((uint64_t)id, fields);
	}
	clerk_put(LEFT + 1,
	    "'channel':'main','key':'said','request':{'text':'x'},"
	    "'accepted_ms':1767225600000,'ended_ms':1767225600000,"
	    "'outcome':'spoken'");
}

static void
day_begin(struct day *d)
{
	*d = (struct day){ .asker = NULL };
	clerk_begin();
	leave_some();
	clerk_set_delay(20 * NS_PER_MS);
	station_begin(&d->station, 1, conf);
	fake_log_forget();
}

static void
day_pass(struct day *d)
{
	fake_run(100 * NS_PER_MS);
	desk_pass(d);
	say(d, "{'op':'say','text':'one','key':'a'}");
	say(d, "{'op':'say','text':'one','key':'a'}");
	say(d, "{'op':'say','text':'left','key':'k2'}");
	say(d, "{'op':'say','text':'old','key':'b','delay_ms':600000}");
	say(d, "{'op':'say','text':'new','replaces':'b'}");
	ask(d, "{'op':'history','limit':3}");
	clerk_set_fate(CLERK_DIES);
	say(d, "{'op':'say','text':'two'}");
	call(d);
	clerk_set_fate(CLERK_WELL);
	fake_run(NS_PER_S);
	say(d, "{'op':'say','text':'three','delay_ms':600000}");
	ask(d, "{'op':'clear'}");
	fake_run(NS_PER_S);
}

/* Is that announcement's end on the disk, or was the operator told that it
 * could not be written down? */
static void
expect_end(uint64_t id)
{
	if (clerk_text(id, "channel")[0] == '\0')
		fail_msg("%d is lost", (int)id);
	if (clerk_text(id, "outcome")[0] == '\0' &&
	    !fake_logged("is not written down"))
		fail_msg("%d has no outcome", (int)id);
}

/* Memory is there again: all is well. */
static void
day_heal(struct day *d)
{
	const json_t *r = NULL;
	size_t i;
	int tries;

	ask(d, "{'op':'clear'}");
	for (tries = 0; tries < 50; tries++) {
		r = ask(d, "{'op':'say','text':'again'}");
		if (json_is_true(json_object_get(r, "durable")))
			break;
		fake_run(NS_PER_S);
	}
	if (!json_is_true(json_object_get(r, "durable")))
		fail_msg("it does not keep again");
	call(d);
	if (d->called == 0)
		fail_msg("no number is called");
	fake_run(60 * NS_PER_S);
	for (i = 1; i <= LEFT; i++)
		expect_end(i);
	for (i = 0; i < d->count; i++)
		expect_end(d->kept[i]);
	assert_int_equal(
	    json_array_size(json_object_get(ask(d, "{'op':'queue'}"), "items")),
	    0);
}

static size_t
live(size_t first, size_t count)
{
	struct day d;
	size_t asked;

	day_begin(&d);
	shortage_begin(first, count);
	day_pass(&d);
	asked = shortage_asked();
	shortage_end();
	day_heal(&d);
	client_close(d.asker);
	station_end(&d.station);
	clerk_end();
	return asked;
}

int
main(void)
{
	return shortages_run(live);
}
