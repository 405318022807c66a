/*
 * Numbers that are called at counters: none is called twice by two desks, nor
 * lost over a restart, whatever the ledger does meanwhile.
 */
#include "tests/sim/clerk.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define SERIES                                            \
	"[message ticket]\n"                              \
	"text = 请{ticket}号到{counter}号窗口。\n" \
	"[message come]\n"                                \
	"text = {ticket} of {series}\n"                   \
	"[series A]\n"                                    \
	"counters = 1 2 3\n"                              \
	"[series B]\n"                                    \
	"counters = 3 4\n"                                \
	"[series VIP]\n"                                  \
	"first = 8\n"                                     \
	"last = 9\n"                                      \
	"width = 1\n"                                     \
	"message = come\n"                                \
	"restart = never\n"                               \
	"channel = hall main\n"

static const char kept[] = "[ttsd]\ndurable = yes\n"
			   "[channel main]\n[channel hall]\n" SERIES;
static const char required[] = "[ttsd]\ndurable = required\n"
			       "[channel main]\n[channel hall]\n" SERIES;
static const char forgotten[] = "[channel main]\n[channel hall]\n" SERIES;

/* ---- what desks ask ----------------------------------------------------- */

#define NEXT_A "'op':'call','series':'A','counter':'3'"

static void
expect_call(struct station *s, const char *request, const char *ticket)
{
	assert_string_equal(
	    json_text(station_good(s, request), "ticket"), ticket);
}

/* The series' row of `series`. */
static const json_t *
series(struct station *s, const char *name)
{
	const json_t *list =
	    json_object_get(station_good(s, "'op':'series'"), "series");
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_text(one, "name"), name) == 0)
			return one;
	}
	fail_msg("no series %s", name);
	return NULL;
}

/* "A002@3=spoken A001@3=waiting", the latest first. */
static const char *
calls(struct station *s)
{
	static char text[600];
	const json_t *list =
	    json_object_get(station_good(s, "'op':'calls'"), "calls");
	const json_t *one;
	const char *outcome;
	size_t i, n = 0;

	text[0] = '\0';
	json_array_foreach(list, i, one)
	{
		outcome = json_text(one, "outcome");
		if (strcmp(json_text(one, "state"), "called") != 0)
			outcome = json_text(one, "state");
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s@%s=%s",
		    n ? " " : "", json_text(one, "ticket"),
		    json_text(one, "counter"), outcome[0] ? outcome : "-");
	}
	return text;
}

static void
begin(struct station *s, const char *conf)
{
	station_begin(s, 1, conf);
	fake_run(NS_PER_S);
	station_listen(s);
}

/* Ends ttsd as a power cut does, and starts the next one. */
static void
cut(struct station *s, const char *conf)
{
	station_cut(s);
	fake_run(NS_PER_S);
	station_start_again(s, conf);
	station_listen(s);
}

/* ---- calls -------------------------------------------------------------- */

static void
test_two_desks(void **state)
{
	struct station s;
	struct client *other;
	const json_t *r, *e;

	(void)state;
	begin(&s, kept);
	other = client_open(STATION_CONTROL);
	client_send(other,
	    "{\"op\":\"call\",\"series\":\"A\",\"counter\":\"2\","
	    "\"by\":\"front\"}");
	r = station_good(&s, NEXT_A);
	assert_string_equal(json_text(r, "ticket"), "A002");
	assert_string_equal(json_text(r, "counter"), "3");
	assert_true(json_is_true(json_object_get(r, "durable")));
	r = client_reply(other);
	assert_true(reply_ok(r));
	assert_string_equal(json_text(r, "ticket"), "A001");
	e = client_event_of(s.events, "queued", 1);
	assert_string_equal(json_text(e, "text"), "请A001号到2号窗口。");
	assert_string_equal(
	    json_text(json_object_get(e, "show"), "ticket"), "A001");
	e = client_event_of(s.events, "called", 1);
	assert_string_equal(json_text(e, "ticket"), "A001");
	assert_string_equal(json_text(e, "counter"), "2");
	assert_string_equal(json_text(e, "by"), "front");
	e = client_event_of(s.events, "series", 0);
	assert_string_equal(json_text(e, "series"), "A");
	assert_string_equal(json_text(e, "next_ticket"), "A002");
	assert_int_equal(json_number(series(&s, "A"), "next"), 3);
	assert_int_equal(json_number(series(&s, "A"), "called"), 2);
	assert_string_equal(json_text(series(&s, "A"), "last"), "A002");
	assert_string_equal(
	    json_text(station_wait(&s, 2), "outcome"), "spoken");
	assert_string_equal(calls(&s), "A002@3=spoken A001@2=spoken");
	client_close(other);
	station_end(&s);
}

static void
test_refusals(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	station_refuses(&s, "'op':'call'", "needs one of");
	station_refuses(&s, "'op':'call','series':'C'", "no [series C]");
	station_refuses(&s, "'op':'call','series':'A'", "several counters");
	station_refuses(
	    &s, "'op':'call','series':'A','counter':'4'", "no counter '4'");
	station_refuses(
	    &s, "'op':'call','series':'VIP','counter':'a\\u0007'", "control");
	station_refuses(&s, "'op':'call','ticket':'Z1'", "no ticket");
	station_refuses(&s, "'op':'call','again':true", "latest calls");
	station_refuses(&s, "'op':'transfer','ticket':'A001','counter':'1'",
	    "latest calls");
	station_refuses(
	    &s, "'op':'call','series':'A','counter':'1','message':'x'", "x");
	station_refuses(&s,
	    "'op':'call','series':'A','counter':'1','channel':'none'",
	    "no channel");
	station_refuses(
	    &s, "'op':'set-series','series':'VIP','next':7", "from 8 to 9");
	station_refuses(&s, "'op':'uncall','id':7", "latest calls");
	station_good(&s, "'op':'say','text':'a','key':'k'");
	station_refuses(
	    &s, NEXT_A ",'key':'k'", "is that of an earlier announcement");
	/* None of that has taken a number. */
	expect_call(&s, NEXT_A, "A001");
	station_end(&s);
}

/* A ticket, one of before, and to another counter: no number is taken. */
static void
test_other_calls(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	begin(&s, kept);
	expect_call(&s, "'op':'call','ticket':'Ａ２３','counter':'1'", "A023");
	expect_call(&s, NEXT_A, "A001");
	r = station_good(&s, "'op':'call','again':true");
	assert_string_equal(json_text(r, "ticket"), "A001");
	assert_string_equal(json_text(r, "counter"), "3");
	r = station_good(&s, "'op':'call','again':true,'counter':'1'");
	assert_string_equal(json_text(r, "ticket"), "A023");
	r = station_good(&s, "'op':'transfer','ticket':'A001','counter':'2'");
	assert_string_equal(json_text(r, "counter"), "2");
	assert_int_equal(json_number(series(&s, "A"), "next"), 2);
	fake_run(20 * NS_PER_S);
	assert_string_equal(calls(&s),
	    "A001@2=spoken A023@1=spoken A001@3=spoken A001@3=spoken "
	    "A023@1=spoken");
	station_end(&s);
}

/* Both channels of a series say it, and its numbers go round. */
static void
test_of_several_channels(void **state)
{
	struct station s;
	const json_t *r, *e;

	(void)state;
	begin(&s, kept);
	r = station_good(&s, "'op':'call','series':'VIP'");
	assert_string_equal(json_text(r, "ticket"), "VIP8");
	assert_int_equal(json_object_size(json_object_get(r, "ids")), 2);
	e = client_event_of(s.events, "queued", 2);
	assert_string_equal(json_text(e, "text"), "VIP8 of VIP");
	expect_call(&s, "'op':'call','series':'VIP'", "VIP9");
	expect_call(&s, "'op':'call','series':'VIP'", "VIP8");
	assert_int_equal(json_array_size(json_object_get(
			     station_good(&s, "'op':'calls'"), "calls")),
	    3);
	/* By the id of any of them. */
	r = station_good(&s, "'op':'uncall','id':6");
	assert_true(json_is_true(json_object_get(r, "given_back")));
	assert_int_equal(json_number(r, "cancelled"), 2);
	expect_call(&s, "'op':'call','series':'VIP'", "VIP8");
	station_end(&s);
}

static void
test_taking_back(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A002");
	expect_call(&s, NEXT_A, "A003");
	r = station_good(&s, "'op':'uncall','id':2");
	assert_false(json_is_true(json_object_get(r, "given_back")));
	r = station_good(&s, "'op':'uncall','id':3");
	assert_true(json_is_true(json_object_get(r, "given_back")));
	assert_string_equal(json_text(r, "ticket"), "A003");
	station_refuses(&s, "'op':'uncall','id':3", "taken back");
	assert_string_equal(clerk_text(3, "outcome"), "cancelled");
	r = station_good(&s, "'op':'skip-number','series':'A'");
	assert_string_equal(json_text(r, "ticket"), "A003");
	assert_string_equal(json_text(r, "next_ticket"), "A004");
	expect_call(&s, NEXT_A, "A004");
	station_good(&s, "'op':'set-series','series':'A','next':77");
	expect_call(&s, NEXT_A, "A077");
	assert_string_equal(
	    json_text(station_wait(&s, 6), "outcome"), "spoken");
	assert_string_equal(calls(&s),
	    "A077@3=spoken A004@3=spoken A003@=skipped A003@3=uncalled "
	    "A002@3=uncalled A001@3=spoken");
	/* What is over can be taken back too, with its number. */
	r = station_good(&s, "'op':'uncall','id':6");
	assert_int_equal(json_number(r, "cancelled"), 0);
	expect_call(&s, NEXT_A, "A077");
	station_end(&s);
}

/* ---- to another series -------------------------------------------------- */

#define TO_B(ticket) "'op':'transfer','ticket':'" ticket "','series':'B'"
#define NEXT_B "'op':'call','series':'B','counter':'4'"

/* The tickets that wait for a series, "A001 A002". */
static const char *
waiting(struct station *s, const char *name)
{
	static char text[200];
	const json_t *list = json_object_get(series(s, name), "waiting"), *one;
	size_t i;

	text[0] = '\0';
	json_array_foreach(list, i, one)
	{
		strcat(text, i ? " " : "");
		strcat(text, json_text(one, "ticket"));
	}
	return text;
}

/* Those that were transferred are called first, in their order, and take no
 * number. */
static void
test_to_another_series(void **state)
{
	struct station s;
	const json_t *r, *e;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A002");
	expect_call(&s, NEXT_B, "B001");
	r = station_good(&s, TO_B("A2") ",'by':'front'");
	assert_string_equal(json_text(r, "ticket"), "A002");
	assert_string_equal(json_text(r, "series"), "B");
	assert_int_equal(json_number(r, "position"), 0);
	assert_int_equal(json_number(r, "id"), 4);
	r = station_good(&s, TO_B("A001"));
	assert_int_equal(json_number(r, "position"), 1);
	e = client_event_of(s.events, "transferred", 4);
	assert_string_equal(json_text(e, "ticket"), "A002");
	assert_string_equal(json_text(e, "from"), "A");
	assert_string_equal(json_text(e, "series"), "B");
	assert_string_equal(json_text(e, "by"), "front");
	assert_string_equal(waiting(&s, "B"), "A002 A001");
	assert_string_equal(waiting(&s, "A"), "");
	station_refuses(&s, TO_B("A001"), "already");
	r = station_good(&s, NEXT_B);
	assert_string_equal(json_text(r, "ticket"), "A002");
	assert_string_equal(json_text(r, "counter"), "4");
	e = client_event_of(s.events, "queued", json_number(r, "id"));
	assert_string_equal(json_text(e, "text"), "请A002号到4号窗口。");
	e = client_event_of(s.events, "called", json_number(r, "id"));
	assert_string_equal(json_text(e, "series"), "B");
	expect_call(&s, NEXT_B, "A001");
	expect_call(&s, NEXT_B, "B002");
	assert_string_equal(waiting(&s, "B"), "");
	assert_int_equal(json_number(series(&s, "B"), "called"), 2);
	/* It is of that series now. */
	r = station_good(&s, "'op':'transfer','ticket':'A001','counter':'3'");
	assert_string_equal(json_text(r, "counter"), "3");
	station_refuses(&s, "'op':'transfer','ticket':'A001','counter':'1'",
	    "series 'B' has no counter '1'");
	assert_string_equal(calls(&s),
	    "A001@3=- B002@4=- A001@4=- A002@4=- A001@=transferred "
	    "A002@=transferred B001@4=- A002@3=- A001@3=-");
	station_end(&s);
}

/* Who waits can be called out of turn, and sent on. */
static void
test_one_that_waits(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A002");
	station_good(&s, TO_B("A001"));
	station_good(&s, TO_B("A002"));
	expect_call(&s, "'op':'call','ticket':'A002','counter':'4'", "A002");
	station_refuses(&s, "'op':'call','ticket':'A001','counter':'1'",
	    "series 'B' has no counter '1'");
	assert_string_equal(waiting(&s, "B"), "A001");
	station_good(&s, "'op':'transfer','ticket':'A001','series':'VIP'");
	assert_string_equal(waiting(&s, "B"), "");
	expect_call(&s, NEXT_B, "B001");
	expect_call(&s, "'op':'call','series':'VIP'", "A001");
	expect_call(&s, "'op':'call','series':'VIP'", "VIP8");
	/* Back to where it came from. */
	station_good(&s, "'op':'transfer','ticket':'A001','series':'A'");
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A003");
	station_end(&s);
}

static void
test_refused_transfers(void **state)
{
	struct station s;
	char request[80];
	int i;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	station_refuses(
	    &s, "'op':'transfer','ticket':'A001'", "\"counter\" or \"series\"");
	station_refuses(&s, TO_B("A002"), "latest calls");
	station_refuses(&s, TO_B("Z1"), "no ticket");
	station_refuses(&s, "'op':'transfer','ticket':'A001','series':'C'",
	    "no [series C]");
	station_refuses(&s, TO_B("A001") ",'counter':'4'", "exclude");
	station_refuses(&s, TO_B("A001") ",'channel':'hall'", "exclude");
	station_refuses(&s, TO_B("A001") ",'by':''", "\"by\"");
	station_good(&s, "'op':'call','ticket':'A001','counter':'1','key':'k'");
	station_refuses(&s, TO_B("A001") ",'key':'k'", "no transfer");
	assert_string_equal(waiting(&s, "B"), "");
	/* No list grows without end. */
	for (i = 1; i <= DESK_WAITING_MAX + 1; i++) {
		snprintf(request, sizeof(request),
		    "'op':'call','ticket':'A%d','counter':'1'", i);
		station_good(&s, request);
		station_good(&s, "'op':'clear'");
		snprintf(request, sizeof(request),
		    "'op':'transfer','ticket':'A%d','series':'B'", i);
		if (i <= DESK_WAITING_MAX)
			station_good(&s, request);
	}
	station_refuses(&s, request, "200 tickets");
	station_end(&s);
}

/* A transfer, a call of one that waits, and again each. */
static void
test_transfers_taken_back(void **state)
{
	struct station s;
	const json_t *r;
	char request[60];

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A002");
	station_good(&s, TO_B("A001"));
	station_good(&s, TO_B("A002"));
	r = station_good(&s, NEXT_B);
	assert_string_equal(json_text(r, "ticket"), "A001");
	/* It was called since. */
	station_refuses(&s, "'op':'uncall','id':3", "take that back first");
	r = station_good(&s, "'op':'uncall','id':5");
	assert_true(json_is_true(json_object_get(r, "given_back")));
	assert_string_equal(waiting(&s, "B"), "A001 A002");
	cut(&s, kept);
	assert_string_equal(waiting(&s, "B"), "A001 A002");
	r = station_good(&s, "'op':'uncall','id':3");
	assert_false(json_is_true(json_object_get(r, "given_back")));
	assert_string_equal(json_text(r, "ticket"), "A001");
	assert_string_equal(waiting(&s, "B"), "A002");
	station_refuses(&s, "'op':'uncall','id':3", "taken back");
	/* From one list to another, and back. */
	r = station_good(&s, "'op':'transfer','ticket':'A002','series':'VIP'");
	snprintf(request, sizeof(request), "'op':'uncall','id':%lld",
	    (long long)json_number(r, "id"));
	assert_string_equal(waiting(&s, "VIP"), "A002");
	r = station_good(&s, request);
	assert_true(json_is_true(json_object_get(r, "given_back")));
	assert_string_equal(waiting(&s, "VIP"), "");
	assert_string_equal(waiting(&s, "B"), "A002");
	cut(&s, kept);
	assert_string_equal(waiting(&s, "B"), "A002");
	expect_call(&s, NEXT_B, "A002");
	expect_call(&s, NEXT_B, "B001");
	station_end(&s);
}

/* Nobody who waits is lost by a power cut, nor called again by one. */
static void
test_transfers_over_a_power_cut(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A002");
	station_good(&s, TO_B("A002") ",'key':'k'");
	station_good(&s, TO_B("A001"));
	cut(&s, kept);
	/* Without a reply it is asked for again. */
	r = station_good(&s, TO_B("A002") ",'key':'k'");
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	assert_int_equal(json_number(r, "id"), 3);
	expect_call(&s, NEXT_B ",'key':'c'", "A002");
	cut(&s, kept);
	r = station_good(&s, NEXT_B ",'key':'c'");
	assert_string_equal(json_text(r, "ticket"), "A002");
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	r = station_good(&s, TO_B("A002") ",'key':'k'");
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	assert_true(station_upgrade(&s, kept));
	assert_string_equal(waiting(&s, "B"), "A001");
	expect_call(&s, NEXT_B, "A001");
	cut(&s, kept);
	expect_call(&s, NEXT_B, "B001");
	station_end(&s);
}

/* Cancelled, it is called anew by the same request, and still waits once. */
static void
test_one_that_waited_is_called_anew(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	station_good(&s, TO_B("A001"));
	expect_call(&s, NEXT_B ",'key':'k'", "A001");
	station_good(&s, "'op':'cancel','id':3");
	expect_call(&s, NEXT_B ",'key':'k'", "A001");
	r = station_good(&s, "'op':'uncall','id':3");
	assert_false(json_is_true(json_object_get(r, "given_back")));
	r = station_good(&s, "'op':'uncall','id':4");
	assert_true(json_is_true(json_object_get(r, "given_back")));
	cut(&s, kept);
	assert_string_equal(waiting(&s, "B"), "A001");
	station_end(&s);
}

/* Two houses that number their requests alike, each of which knows nothing of
 * the other: the retry of one was taken for something new. */
static void
test_key_of_another_house(void **state)
{
	static const char conf[] = "[channel main]\n[channel hall]\n"
				   "[message ticket]\ntext = {ticket}\n"
				   "[series A]\nchannel = main\n"
				   "[series B]\nchannel = hall\n";
	struct station s;
	const json_t *r;

	(void)state;
	begin(&s, conf);
	expect_call(
	    &s, "'op':'call','series':'A','key':'1','only':['main']", "A001");
	expect_call(
	    &s, "'op':'call','series':'B','key':'1','only':['hall']", "B001");
	r = station_good(
	    &s, "'op':'call','series':'A','key':'1','only':['main']");
	assert_string_equal(json_text(r, "ticket"), "A001");
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	station_good(&s,
	    "'op':'transfer','ticket':'A001','series':'A','key':'2',"
	    "'only':['main']");
	station_good(&s,
	    "'op':'transfer','ticket':'B001','series':'B','key':'2',"
	    "'only':['hall']");
	r = station_good(&s,
	    "'op':'transfer','ticket':'A001','series':'A','key':'2',"
	    "'only':['main']");
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	expect_call(&s, "'op':'call','series':'A'", "A001");
	expect_call(&s, "'op':'call','series':'A'", "A002");
	station_end(&s);
}

/* A desk whose token was for one hall could tell from its refusals what other
 * halls did with its ticket: their call of it, or their waiting list, hid its
 * own. */
static void
test_ticket_that_went_beyond(void **state)
{
	static const char conf[] = "[channel main]\n[channel hall]\n"
				   "[message ticket]\ntext = {ticket}\n"
				   "[series A]\nchannel = main\n"
				   "[series B]\nchannel = hall\n"
				   "[series C]\nchannel = main\n";
	static const char *const here[] = {
		"'op':'transfer','ticket':'A001','series':'C','only':['main']",
		"'op':'transfer','ticket':'A001','series':'A','only':['main']",
	};
	struct station s;
	size_t i;

	(void)state;
	begin(&s, conf);
	expect_call(&s, "'op':'call','series':'A'", "A001");
	station_good(&s, TO_B("A001"));
	/* Nothing of it is known where it was never called. */
	station_refuses(&s,
	    "'op':'transfer','ticket':'B007','series':'C','only':['main']",
	    "no ticket of any series");
	/* It waits beyond, and was called here. */
	for (i = 0; i < COUNT_OF(here); i++)
		station_good(&s, here[i]);
	assert_string_equal(waiting(&s, "A"), "A001");
	assert_string_equal(waiting(&s, "B"), "A001");
	assert_string_equal(waiting(&s, "C"), "");
	/* The first that waits is beyond, the second is the one to be called.
	 */
	expect_call(&s, "'op':'call','ticket':'A001','only':['main']", "A001");
	assert_string_equal(waiting(&s, "A"), "");
	assert_string_equal(waiting(&s, "B"), "A001");
	/* The latest call is beyond, the one before is the one to transfer. */
	expect_call(&s, "'op':'call','series':'B'", "A001");
	station_good(&s, here[0]);
	assert_string_equal(waiting(&s, "C"), "A001");
	station_end(&s);
}

/* Of a ticket that was here only while it waits and is called beyond. */
static void
test_ticket_that_is_beyond(void **state)
{
	static const char conf[] = "[channel main]\n[channel hall]\n"
				   "[message ticket]\ntext = {ticket}\n"
				   "[series A]\nchannel = main\n"
				   "[series B]\nchannel = hall\n";
	static const char here[] = "'op':'transfer','ticket':'A001',"
				   "'series':'A','only':['main']";
	struct station s;

	(void)state;
	begin(&s, conf);
	station_refuses(&s, here, "not among the latest calls");
	station_good(&s, "'op':'call','ticket':'A001'");
	station_good(&s, TO_B("A001"));
	station_good(&s, "'op':'uncall','id':1");
	station_refuses(&s, here, "not among the latest calls");
	expect_call(&s, "'op':'call','series':'B'", "A001");
	station_refuses(&s, here, "not among the latest calls");
	assert_string_equal(waiting(&s, "A"), "");
	station_end(&s);
}

/* Two desks at once, and a ledger that dies between. */
static void
test_two_desks_and_one_that_waits(void **state)
{
	struct station s;
	struct client *other;
	const json_t *mine, *others;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	station_good(&s, TO_B("A001"));
	other = client_open(STATION_CONTROL);
	client_send(
	    other, "{\"op\":\"call\",\"series\":\"B\",\"counter\":\"3\"}");
	clerk_set_fate(CLERK_DIES);
	client_send(
	    s.client, "{\"op\":\"call\",\"series\":\"B\",\"counter\":\"4\"}");
	fake_run(10 * NS_PER_MS);
	clerk_set_fate(CLERK_WELL);
	fake_run(5 * NS_PER_S);
	mine = client_reply(s.client);
	others = client_reply(other);
	assert_int_equal(strcmp(json_text(mine, "ticket"), "A001") == 0,
	    strcmp(json_text(others, "ticket"), "B001") == 0);
	assert_int_equal(strcmp(json_text(mine, "ticket"), "B001") == 0,
	    strcmp(json_text(others, "ticket"), "A001") == 0);
	client_close(other);
	cut(&s, kept);
	assert_string_equal(waiting(&s, "B"), "");
	station_end(&s);
}

/* What could not be kept was not called: who waited waits. */
static void
test_one_that_waits_has_to_be_kept(void **state)
{
	struct station s;

	(void)state;
	begin(&s, required);
	expect_call(&s, NEXT_A, "A001");
	station_good(&s, TO_B("A001"));
	clerk_set_fate(CLERK_IS_SILENT);
	station_refuses(&s, NEXT_B, "can be kept");
	assert_string_equal(waiting(&s, "B"), "A001");
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	fake_run(NS_PER_S);
	expect_call(&s, NEXT_B, "A001");
	station_end(&s);
}

/* With the numbers of a day its waiting list is over. */
static void
test_who_waits_on_a_new_day(void **state)
{
	struct station s;
	int hours;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A002");
	station_good(&s, TO_B("A001"));
	station_good(&s, "'op':'transfer','ticket':'A002','series':'VIP'");
	for (hours = 0; hours < 24; hours++)
		fake_run(3600 * NS_PER_S);
	assert_string_equal(waiting(&s, "B"), "");
	cut(&s, kept);
	assert_string_equal(waiting(&s, "VIP"), "A002");
	expect_call(&s, NEXT_B, "B001");
	expect_call(&s, "'op':'call','series':'VIP'", "A002");
	station_end(&s);
}

/* ---- a request that is sent again --------------------------------------- */

static void
test_the_same_request(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A ",'key':'k1'", "A001");
	r = station_good(&s, NEXT_A ",'key':'k1'");
	assert_string_equal(json_text(r, "ticket"), "A001");
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	expect_call(&s, NEXT_A ",'key':'k2'", "A002");
	cut(&s, kept);
	r = station_good(&s, NEXT_A ",'key':'k2'");
	assert_string_equal(json_text(r, "ticket"), "A002");
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	assert_string_equal(
	    json_text(station_wait(&s, 2), "outcome"), "spoken");
	/* Cancelled, it is said again, and is the same number. */
	expect_call(&s, NEXT_A ",'key':'k3'", "A003");
	station_good(&s, "'op':'cancel','id':3");
	r = station_good(&s, NEXT_A ",'key':'k3'");
	assert_string_equal(json_text(r, "ticket"), "A003");
	assert_null(json_object_get(r, "duplicate"));
	/* Taken back, it is free. */
	r = station_good(&s, "'op':'uncall','id':4");
	assert_true(json_is_true(json_object_get(r, "given_back")));
	expect_call(&s, NEXT_A ",'key':'k4'", "A003");
	station_end(&s);
}

/* ---- the ledger --------------------------------------------------------- */

static void
test_over_a_power_cut(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A002");
	station_good(&s, "'op':'skip-number','series':'A'");
	expect_call(&s, "'op':'call','series':'VIP'", "VIP8");
	cut(&s, kept);
	/* Before it is all restored, too. */
	assert_string_equal(
	    json_text(station_good(&s, NEXT_A), "ticket"), "A004");
	expect_call(&s, "'op':'call','series':'VIP'", "VIP9");
	expect_call(&s, "'op':'call','again':true,'series':'A'", "A004");
	fake_run(30 * NS_PER_S);
	assert_string_equal(calls(&s),
	    "A004@3=spoken VIP9@=spoken A004@3=spoken VIP8@=spoken "
	    "A003@=skipped "
	    "A002@3=spoken A001@3=spoken");
	station_end(&s);
}

/* What was taken back on air is not said again beside the one that gets its
 * number. */
static void
test_taken_back_before_a_power_cut(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	fake_run(300 * NS_PER_MS);
	assert_non_null(client_event_of(s.events, "started", 1));
	station_good(&s, "'op':'uncall','id':1");
	cut(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	assert_string_equal(
	    json_text(station_wait(&s, 2), "outcome"), "spoken");
	assert_string_equal(clerk_text(1, "outcome"), "cancelled");
	assert_string_equal(clerk_text(1, "reason"), "the call was taken back");
	station_end(&s);
}

/* The loop waits for no disk, and a desk not longer than 500 ms. */
static void
test_a_ledger_that_hangs(void **state)
{
	struct station s;
	const json_t *r;
	int64_t before;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	clerk_set_fate(CLERK_IS_SILENT);
	before = clock_now_ns();
	r = station_good(&s, NEXT_A);
	assert_in_range(
	    clock_now_ns() - before, 480 * NS_PER_MS, 520 * NS_PER_MS);
	assert_string_equal(json_text(r, "ticket"), "A002");
	assert_true(json_is_false(json_object_get(r, "durable")));
	assert_true(json_text(r, "reason")[0]);
	expect_call(&s, NEXT_A, "A003");
	/* The list is told from memory. */
	assert_string_equal(strchr(calls(&s), ' ') + 1, "A002@3=- A001@3=-");
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	fake_run(NS_PER_S);
	cut(&s, kept);
	expect_call(&s, NEXT_A, "A004");
	station_end(&s);
}

/* A series of a channel that keeps nothing waits for the disk all the same. */
static void
test_a_channel_that_keeps_nothing(void **state)
{
	static const char conf[] =
	    "[ttsd]\ndurable = yes\n"
	    "[channel main]\ndurable = no\n[channel hall]\n" SERIES;
	struct station s;

	(void)state;
	begin(&s, conf);
	clerk_set_delay(100 * NS_PER_MS);
	assert_null(client_ask(s.client, "{" NEXT_A "}"));
	fake_run(90 * NS_PER_MS);
	assert_null(client_reply(s.client));
	fake_run(20 * NS_PER_MS);
	assert_string_equal(
	    json_text(client_reply(s.client), "ticket"), "A001");
	clerk_set_delay(0);
	cut(&s, conf);
	expect_call(&s, NEXT_A, "A002");
	station_end(&s);
}

static void
test_a_ledger_that_dies(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	clerk_set_fate(CLERK_DIES);
	client_send(s.client, "{\"op\":\"call\",\"series\":\"A\","
			      "\"counter\":\"1\",\"key\":\"k\"}");
	fake_run(10 * NS_PER_MS);
	clerk_set_fate(CLERK_WELL);
	fake_run(5 * NS_PER_S);
	assert_string_equal(
	    json_text(client_reply(s.client), "ticket"), "A002");
	expect_call(&s, NEXT_A, "A003");
	cut(&s, kept);
	expect_call(&s, NEXT_A, "A004");
	fake_run(20 * NS_PER_S);
	assert_string_equal(strstr(calls(&s), "A003"),
	    "A003@3=spoken A002@1=spoken A001@3=spoken");
	station_end(&s);
}

/* Which number is next nobody knows before the ledger has told it: a guess
 * would call some twice. A person may say it. */
static void
test_a_ledger_that_does_not_open(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	clerk_set_fate(CLERK_REFUSES);
	cut(&s, kept);
	station_refuses(&s, NEXT_A, "the disk is full");
	station_refuses(&s, "'op':'skip-number','series':'A'", "not known");
	assert_null(json_object_get(series(&s, "A"), "next"));
	expect_call(&s, "'op':'call','ticket':'A002','counter':'1'", "A002");
	station_good(&s, "'op':'set-series','series':'A','next':40");
	expect_call(&s, NEXT_A, "A040");
	station_refuses(&s, "'op':'call','series':'VIP'", "not known");
	clerk_set_fate(CLERK_WELL);
	fake_run(5 * NS_PER_S);
	expect_call(&s, NEXT_A, "A041");
	expect_call(&s, "'op':'call','series':'VIP'", "VIP8");
	cut(&s, kept);
	expect_call(&s, NEXT_A, "A042");
	station_end(&s);
}

/* What is refused, for it cannot be kept, has taken no number. */
static void
test_where_it_has_to_be_kept(void **state)
{
	struct station s;

	(void)state;
	begin(&s, required);
	clerk_set_fate(CLERK_IS_SILENT);
	station_refuses(&s, NEXT_A, "can be kept");
	assert_int_equal(json_number(series(&s, "A"), "next"), 1);
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	fake_run(NS_PER_S);
	expect_call(&s, NEXT_A, "A001");
	station_end(&s);
}

/* ---- without a ledger, and from one ttsd to its successor --------------- */

static void
test_nothing_is_kept(void **state)
{
	struct station s;

	(void)state;
	begin(&s, forgotten);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A ",'key':'k'", "A002");
	station_good(&s, "'op':'skip-number','series':'A'");
	assert_string_equal(
	    json_text(station_wait(&s, 2), "outcome"), "spoken");
	assert_string_equal(
	    calls(&s), "A003@=skipped A002@3=spoken A001@3=spoken");
	assert_true(station_upgrade(&s, forgotten));
	expect_call(&s, NEXT_A ",'key':'k'", "A002");
	expect_call(&s, NEXT_A, "A004");
	cut(&s, forgotten);
	expect_call(&s, NEXT_A, "A001");
	station_end(&s);
}

static void
test_an_upgrade(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A ",'key':'k'", "A002");
	assert_true(station_upgrade(&s, kept));
	expect_call(&s, NEXT_A ",'key':'k'", "A002");
	expect_call(&s, NEXT_A, "A003");
	station_good(&s, "'op':'uncall','id':3");
	expect_call(&s, NEXT_A, "A003");
	cut(&s, kept);
	expect_call(&s, NEXT_A, "A004");
	station_end(&s);
}

static void
test_a_new_day(void **state)
{
	struct station s;
	int hours;

	(void)state;
	begin(&s, kept);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, NEXT_A, "A002");
	expect_call(&s, "'op':'call','series':'VIP'", "VIP8");
	for (hours = 0; hours < 24; hours++)
		fake_run(3600 * NS_PER_S);
	assert_int_equal(json_number(series(&s, "A"), "next"), 1);
	assert_int_equal(json_number(series(&s, "A"), "called"), 0);
	expect_call(&s, NEXT_A, "A001");
	expect_call(&s, "'op':'call','series':'VIP'", "VIP9");
	cut(&s, kept);
	expect_call(&s, NEXT_A, "A002");
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(test_two_desks),
		ON_DISK(test_refusals),
		ON_DISK(test_other_calls),
		ON_DISK(test_of_several_channels),
		ON_DISK(test_taking_back),
		ON_DISK(test_to_another_series),
		ON_DISK(test_one_that_waits),
		ON_DISK(test_refused_transfers),
		ON_DISK(test_transfers_taken_back),
		ON_DISK(test_transfers_over_a_power_cut),
		ON_DISK(test_one_that_waited_is_called_anew),
		cmocka_unit_test(test_key_of_another_house),
		cmocka_unit_test(test_ticket_that_went_beyond),
		cmocka_unit_test(test_ticket_that_is_beyond),
		ON_DISK(test_two_desks_and_one_that_waits),
		ON_DISK(test_one_that_waits_has_to_be_kept),
		ON_DISK(test_who_waits_on_a_new_day),
		ON_DISK(test_the_same_request),
		ON_DISK(test_over_a_power_cut),
		ON_DISK(test_taken_back_before_a_power_cut),
		ON_DISK(test_a_ledger_that_hangs),
		ON_DISK(test_a_channel_that_keeps_nothing),
		ON_DISK(test_a_ledger_that_dies),
		ON_DISK(test_a_ledger_that_does_not_open),
		ON_DISK(test_where_it_has_to_be_kept),
		ON_DISK(test_nothing_is_kept),
		ON_DISK(test_an_upgrade),
		ON_DISK(test_a_new_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
