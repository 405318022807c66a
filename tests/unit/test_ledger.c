/*
 * The ledger's requests, on a database in memory: what is written down, what a
 * new ttsd is told of it, and how it is listed and forgotten.
 */
#include "tests/unit/test.h"

#include <inttypes.h>
#include <jansson.h>

#include "common/lines.h"
#include "ttsd/ledger/request.h"
#include "ttsd/ledger/tables.h"

struct desk {
	struct store store;
	struct buf in, out;
	int number;
};

static int
desk_open(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	assert_int_equal(sqlite3_open(":memory:", &d->store.db), SQLITE_OK);
	assert_int_equal(tables_prepare(d->store.db, 1), TABLES_READY);
	statements_init(&d->store.statements, d->store.db);
	buf_init(&d->in, SIZE_MAX);
	buf_init(&d->out, SIZE_MAX);
	*state = d;
	return 0;
}

static int
desk_close(void **state)
{
	struct desk *d = *state;

	statements_done(&d->store.statements);
	sqlite3_close(d->store.db);
	buf_done(&d->in);
	buf_done(&d->out);
	free(d);
	return 0;
}

/* Hands a request in; `fields` are JSON behind the number. */
static void ask(struct desk *d, const char *what, const char *fields, ...)
    __attribute__((format(printf, 3, 4)));

static void
ask(struct desk *d, const char *what, const char *fields, ...)
{
	char text[800];
	va_list ap;

	va_start(ap, fields);
	vsnprintf(text, sizeof(text), fields, ap);
	va_end(ap);
	assert_int_equal(buf_putf(&d->in, "{\"no\":%d,\"do\":\"%s\",%s}\n",
			     ++d->number, what, text),
	    0);
}

/* Has all that was handed in carried out; returns the answers, for the caller
 * to release. */
static json_t *
answers(struct desk *d)
{
	json_t *all = json_array();
	const char *line;
	size_t scanned = 0, len;

	assert_int_equal(
	    request_take_all(&d->store, &d->in, &d->out), LEDGER_ENDED);
	while (lines_peek(&d->out, &scanned, &line, &len)) {
		json_array_append_new(all, json_loadb(line, len, 0, NULL));
		buf_consume(&d->out, len + 1);
	}
	return all;
}

/* The number in a field of an answer, or of its row; -1: none. */
static json_int_t
number(const json_t *all, size_t i, const char *field)
{
	const json_t *line = json_array_get(all, i);
	const json_t *row = json_object_get(line, "row");
	const json_t *value = json_object_get(row ? row : line, field);

	return value ? json_integer_value(value) : -1;
}

static const char *
word(const json_t *all, size_t i, const char *field)
{
	return json_string_value(json_object_get(
	    json_object_get(json_array_get(all, i), "row"), field));
}

static void
accept(struct desk *d, int id)
{
	ask(d, "accept",
	    "\"id\":%d,\"channel\":\"main\",\"request\":{\"text\":\"number "
	    "%d\"},\"accepted_ms\":%d",
	    id, id, 1000 + id);
}

static void
end(struct desk *d, int id, const char *outcome)
{
	ask(d, "ended", "\"id\":%d,\"ended_ms\":%d,\"outcome\":\"%s\"", id,
	    5000 + id, outcome);
}

/* ---- what is written down ----------------------------------------------- */

static void
test_one_answer_for_all_that_waits(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	accept(d, 2);
	end(d, 1, "spoken");
	all = answers(d);
	assert_int_equal(json_array_size(all), 1);
	assert_int_equal(number(all, 0, "committed"), 3);
	json_decref(all);
}

/* ttsd hands over again what it had no answer for. */
static void
test_twice_is_once(void **state)
{
	struct desk *d = *state;
	json_t *all;
	int i;

	for (i = 0; i < 2; i++) {
		accept(d, 1);
		ask(d, "started", "\"id\":1,\"started_ms\":2000");
		end(d, 1, i == 0 ? "spoken" : "cancelled");
		accept(d, 1);
	}
	ask(d, "history", "\"limit\":10");
	all = answers(d);
	assert_int_equal(json_array_size(all), 3);
	assert_string_equal(word(all, 0, "outcome"), "spoken");
	assert_int_equal(number(all, 0, "replays"), 0);
	assert_int_equal(number(all, 1, "done"), d->number);
	json_decref(all);
}

static void
test_begun_again_is_a_replay(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	ask(d, "started", "\"id\":1,\"started_ms\":2000");
	ask(d, "started", "\"id\":1,\"started_ms\":3000");
	ask(d, "history", "\"limit\":10");
	all = answers(d);
	assert_int_equal(number(all, 0, "replays"), 1);
	assert_int_equal(number(all, 0, "started_ms"), 3000);
	json_decref(all);
}

/* How many readers there were when it began last; before, when it was accepted.
 */
static void
test_readers(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	ask(d, "accept",
	    "\"id\":2,\"channel\":\"main\",\"request\":{},"
	    "\"accepted_ms\":1,\"readers\":2");
	ask(d, "accept",
	    "\"id\":3,\"channel\":\"main\",\"request\":{},"
	    "\"accepted_ms\":1,\"readers\":2");
	ask(d, "started", "\"id\":3,\"started_ms\":2000,\"readers\":5");
	ask(d, "started", "\"id\":3,\"started_ms\":3000,\"readers\":0");
	ask(d, "restore", "\"after\":0,\"limit\":10");
	all = answers(d);
	assert_int_equal(number(all, 0, "readers"), -1);
	assert_int_equal(number(all, 1, "readers"), 2);
	assert_int_equal(number(all, 2, "readers"), 0);
	json_decref(all);
}

/* For whom it was asked, where somebody asks for others. */
static void
test_by(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	ask(d, "accept",
	    "\"id\":2,\"channel\":\"main\",\"request\":{},"
	    "\"accepted_ms\":2000,\"by\":\"前台\"");
	ask(d, "history", "\"limit\":10");
	all = answers(d);
	assert_string_equal(word(all, 0, "by"), "前台");
	assert_null(word(all, 1, "by"));
	json_decref(all);
}

/* ---- what is called at a desk ------------------------------------------- */

#define NUMBERS(next, turn)                                         \
	"\"numbers\":{\"name\":\"A\",\"next\":" #next ",\"day\":9," \
	"\"called\":1,\"turn\":" #turn "}"
#define CALL(ticket, turn)                                                   \
	"\"call\":{\"series\":\"A\",\"turn\":" #turn ",\"ticket\":\"" ticket \
	"\",\"counter\":\"3\",\"time\":1000,"                                \
	"\"number\":1,\"day\":9,\"by\":\"front\",\"state\":\"called\"}"

static void
call(struct desk *d, int id, const char *more)
{
	ask(d, "accept",
	    "\"id\":%d,\"channel\":\"main\",\"request\":{},"
	    "\"accepted_ms\":%d,%s",
	    id, 1000 + id, more);
}

/* A number and its call are one line, and so one transaction. */
static void
test_calls(void **state)
{
	struct desk *d = *state;
	json_t *all;

	call(d, 1, CALL("A001", 5) "," NUMBERS(2, 5));
	call(d, 2, CALL("A002", 6) "," NUMBERS(3, 6));
	call(d, 3, CALL("A002", 6) "," NUMBERS(3, 6));
	end(d, 2, "spoken");
	ask(d, "receipt",
	    "\"id\":3,\"output\":\"a\",\"state\":\"heard\",\"time_ms\":1");
	ask(d, "skipped",
	    "\"id\":4,\"call\":{\"series\":\"A\",\"turn\":7,\"time\":1,"
	    "\"ticket\":\"A003\",\"state\":\"skipped\"}," NUMBERS(4, 7));
	ask(d, "desk", "\"limit\":2");
	ask(d, "calls", "\"limit\":10");
	ask(d, "calls", "\"limit\":10,\"series\":\"B\"");
	all = answers(d);
	/* The series, the last two calls, the end. */
	assert_string_equal(word(all, 0, "name"), "A");
	assert_int_equal(number(all, 0, "next"), 4);
	assert_int_equal(number(all, 0, "turn"), 7);
	assert_string_equal(word(all, 1, "ticket"), "A002");
	assert_int_equal(number(all, 1, "last_id"), 3);
	assert_string_equal(word(all, 1, "outcome"), "spoken");
	assert_string_equal(word(all, 2, "state"), "skipped");
	assert_int_equal(number(all, 3, "done"), 7);
	/* The latest first; each request of several announcements once. */
	assert_string_equal(word(all, 4, "outcome"), "skipped");
	assert_string_equal(word(all, 5, "by"), "front");
	assert_int_equal(number(all, 5, "id"), 2);
	assert_int_equal(
	    json_array_size(json_object_get(
		json_object_get(json_array_get(all, 5), "row"), "receipts")),
	    1);
	assert_int_equal(number(all, 6, "id"), 1);
	assert_int_equal(number(all, 7, "done"), 8);
	assert_int_equal(number(all, 8, "done"), 9);
	json_decref(all);
}

/* What is handed over again behind what is newer changes nothing. */
static void
test_calls_twice(void **state)
{
	struct desk *d = *state;
	json_t *all;

	call(d, 1, CALL("A001", 5) "," NUMBERS(2, 5));
	ask(d, "uncalled", "\"id\":1," NUMBERS(1, 6));
	call(d, 1, CALL("A001", 5) "," NUMBERS(2, 5));
	ask(d, "series", NUMBERS(50, 6));
	ask(d, "desk", "\"limit\":9");
	all = answers(d);
	assert_int_equal(number(all, 0, "next"), 1);
	assert_string_equal(word(all, 1, "state"), "uncalled");
	json_decref(all);
}

/* What is said again and again; what is handed over again changes nothing. */
static void
test_schedules(void **state)
{
	struct desk *d = *state;
	json_t *all;

	ask(d, "schedule",
	    "\"schedule\":\"bell\",\"turn\":5,"
	    "\"entry\":{\"at\":[\"8:00\"],\"text\":\"早\"}");
	ask(d, "schedule",
	    "\"schedule\":\"bell\",\"turn\":4,\"entry\":{\"at\":\"9:00\"}");
	ask(d, "schedule",
	    "\"schedule\":\"gone\",\"turn\":6,\"entry\":{\"at\":\"9:00\"}");
	ask(d, "schedule", "\"schedule\":\"gone\",\"turn\":7");
	ask(d, "schedule", "\"schedule\":\"bell\",\"turn\":4");
	ask(d, "desk", "\"limit\":9");
	all = answers(d);
	assert_string_equal(word(all, 0, "schedule"), "bell");
	assert_int_equal(number(all, 0, "turn"), 5);
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(
		    json_object_get(json_array_get(all, 0), "row"), "entry"),
		"text")),
	    "早");
	assert_int_equal(number(all, 1, "done"), 6);
	json_decref(all);
}

static void
test_calls_are_forgotten(void **state)
{
	struct desk *d = *state;
	json_t *all;

	ask(d, "skipped",
	    "\"id\":1,\"call\":{\"series\":\"A\",\"turn\":1,\"time\":1,"
	    "\"ticket\":\"A001\",\"state\":\"skipped\"}," NUMBERS(2, 1));
	call(d, 2, CALL("A002", 2) "," NUMBERS(3, 2));
	call(d, 3, CALL("A003", 3) "," NUMBERS(4, 3));
	end(d, 2, "spoken");
	ask(d, "prune", "\"before_ms\":9999");
	ask(d, "calls", "\"limit\":9");
	ask(d, "desk", "\"limit\":9");
	all = answers(d);
	assert_int_equal(number(all, 0, "pruned"), 1);
	assert_int_equal(number(all, 1, "id"), 3);
	assert_int_equal(number(all, 2, "done"), 6);
	assert_int_equal(number(all, 3, "next"), 4);
	json_decref(all);
}

/* A ticket that was transferred. */
#define WAITING(id, turn, more)                                     \
	"\"id\":" #id ",\"call\":{\"series\":\"B\",\"turn\":" #turn \
	",\"ticket\":\"A001\",\"time\":9000," more "\"state\":\"waiting\"}"
#define TAKEN(id, turn, waited)                                  \
	"\"call\":{\"series\":\"B\",\"turn\":" #turn             \
	",\"ticket\":\"A001\",\"time\":1000,\"waited\":" #waited \
	",\"state\":\"called\"}"

/* The states of what the ledger tells of a desk, in their order. */
static void
expect_states(struct desk *d, const char *states)
{
	char text[200] = "";
	json_t *all;
	size_t i;

	ask(d, "desk", "\"limit\":9,\"day\":9");
	all = answers(d);
	for (i = 0; word(all, i, "state"); i++) {
		strcat(text, i ? " " : "");
		strcat(text, word(all, i, "state"));
	}
	json_decref(all);
	assert_string_equal(text, states);
}

/* Who waits is called once, and waits again where that is taken back; what is
 * handed over again changes nothing. */
static void
test_who_waits(void **state)
{
	struct desk *d = *state;

	ask(d, "skipped", WAITING(1, 1, ""));
	expect_states(d, "waiting");
	call(d, 2, TAKEN(2, 2, 1));
	expect_states(d, "transferred called");
	ask(d, "uncalled", "\"id\":2");
	expect_states(d, "waiting uncalled");
	call(d, 3, TAKEN(3, 3, 1));
	ask(d, "skipped", WAITING(1, 1, ""));
	call(d, 2, TAKEN(2, 2, 1));
	ask(d, "uncalled", "\"id\":2");
	expect_states(d, "transferred uncalled called");
	/* To yet another series, and back. */
	ask(d, "uncalled", "\"id\":3");
	ask(d, "skipped", WAITING(4, 4, "\"waited\":1,"));
	expect_states(d, "transferred uncalled uncalled waiting");
	ask(d, "uncalled", "\"id\":4");
	expect_states(d, "waiting uncalled uncalled uncalled");
	ask(d, "uncalled", "\"id\":1");
	expect_states(d, "uncalled uncalled uncalled uncalled");
}

/* However long ago, but not from another day where its series begins anew. */
static void
test_who_waits_for_long(void **state)
{
	struct desk *d = *state;
	json_t *all;

	ask(d, "skipped", WAITING(1, 1, "\"day\":8,"));
	ask(d, "skipped", WAITING(2, 2, "\"day\":9,"));
	ask(d, "skipped", WAITING(3, 3, ""));
	call(d, 4, CALL("A001", 4));
	ask(d, "desk", "\"limit\":1,\"day\":9");
	all = answers(d);
	assert_int_equal(number(all, 0, "id"), 2);
	assert_int_equal(number(all, 1, "id"), 3);
	assert_int_equal(number(all, 2, "id"), 4);
	assert_int_equal(number(all, 3, "done"), 5);
	json_decref(all);
}

/* Not before its time, nor behind the call that took it up. */
static void
test_who_waits_is_forgotten(void **state)
{
	struct desk *d = *state;

	ask(d, "skipped", WAITING(1, 1, ""));
	ask(d, "skipped", WAITING(2, 2, "\"waited\":1,"));
	call(d, 3, TAKEN(3, 3, 2));
	ask(d, "skipped", WAITING(4, 4, ""));
	call(d, 5, CALL("A003", 5));
	call(d, 6, CALL("A004", 6));
	end(d, 3, "spoken");
	end(d, 5, "spoken");
	ask(d, "prune", "\"before_ms\":5004");
	json_decref(answers(d));
	expect_states(d, "waiting called called");
	ask(d, "prune", "\"before_ms\":9001");
	json_decref(answers(d));
	expect_states(d, "called");
}

/* What has no announcement is of the channels that its series is called on. */
static void
test_calls_among_series(void **state)
{
	struct desk *d = *state;
	json_t *all;

	ask(d, "skipped", WAITING(1, 1, ""));
	call(d, 2, CALL("A001", 2));
	ask(d, "calls", "\"limit\":9,\"channels\":[\"main\"]");
	ask(d, "calls",
	    "\"limit\":9,\"channels\":[\"main\"],\"among\":[\"A\"]");
	ask(d, "calls",
	    "\"limit\":9,\"channels\":[\"hall\"],\"among\":[\"B\"]");
	all = answers(d);
	assert_int_equal(number(all, 0, "id"), 2);
	assert_int_equal(number(all, 1, "id"), 1);
	assert_int_equal(number(all, 3, "id"), 2);
	assert_int_equal(number(all, 4, "done"), 4);
	assert_int_equal(number(all, 5, "id"), 1);
	assert_int_equal(number(all, 6, "done"), 5);
	json_decref(all);
}

/* An id of a number that was passed over is given to no announcement. */
static void
test_skipped_id(void **state)
{
	struct desk *d = *state;
	sqlite3_stmt *st;

	ask(d, "skipped",
	    "\"id\":9,\"call\":{\"series\":\"A\",\"turn\":1,\"time\":1,"
	    "\"ticket\":\"A001\",\"state\":\"skipped\"}," NUMBERS(2, 1));
	json_decref(answers(d));
	sqlite3_prepare_v2(
	    d->store.db, "SELECT seq FROM sqlite_sequence", -1, &st, NULL);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(st, 0), 9);
	sqlite3_finalize(st);
}

/* What makes no sense is passed over, and nothing else with it. */
static void
test_nonsense(void **state)
{
	struct desk *d = *state;
	json_t *all;

	buf_puts(&d->in, "\n[]\n{\"do\":4}\n{\"do\":\"dance\"}\n\xff\xfe\n");
	ask(d, "accept", "\"id\":9,\"channel\":true");
	ask(d, "accept", "\"id\":\"nine\"");
	accept(d, 1);
	ask(d, "restore", "\"after\":0,\"limit\":10");
	all = answers(d);
	assert_int_equal(json_array_size(all), 3);
	assert_int_equal(number(all, 0, "id"), 1);
	json_decref(all);
}

/* Half a line waits for the rest of it. */
static void
test_half_a_line(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	buf_puts(&d->in, "{\"no\":2,\"do\":\"restore\",");
	all = answers(d);
	assert_int_equal(json_array_size(all), 1);
	json_decref(all);
	buf_puts(&d->in, "\"after\":0,\"limit\":1}\n");
	all = answers(d);
	assert_int_equal(number(all, 0, "id"), 1);
	json_decref(all);
}

/* ---- what a new ttsd is told -------------------------------------------- */

static void
test_restore_in_order(void **state)
{
	struct desk *d = *state;
	json_t *all;
	int id;

	for (id = 5; id > 0; id--)
		accept(d, id);
	end(d, 3, "failed");
	ask(d, "restore", "\"after\":0,\"limit\":2");
	ask(d, "restore", "\"after\":2,\"limit\":2");
	all = answers(d);
	assert_int_equal(number(all, 0, "id"), 1);
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(
		    json_object_get(json_array_get(all, 0), "row"), "request"),
		"text")),
	    "number 1");
	assert_int_equal(number(all, 1, "id"), 2);
	assert_true(
	    json_is_true(json_object_get(json_array_get(all, 2), "more")));
	assert_int_equal(number(all, 3, "id"), 4);
	assert_int_equal(number(all, 4, "id"), 5);
	assert_null(json_object_get(json_array_get(all, 5), "more"));
	json_decref(all);
}

/* A key of what was not spoken is free again. */
static void
test_keys(void **state)
{
	static const char *const outcomes[] = { "spoken", "failed", "spoken" };
	struct desk *d = *state;
	json_t *all;
	int id;

	for (id = 1; id <= 3; id++) {
		ask(d, "accept",
		    "\"id\":%d,\"channel\":\"main\",\"request\":{},"
		    "\"accepted_ms\":1,\"key\":\"k%d\"",
		    id, id);
		end(d, id, outcomes[id - 1]);
	}
	accept(d, 4);
	end(d, 4, "spoken");
	ask(d, "keys", "\"since_ms\":5001,\"limit\":10");
	ask(d, "keys", "\"since_ms\":5002,\"limit\":10");
	all = answers(d);
	assert_int_equal(json_array_size(all), 6);
	assert_string_equal(word(all, 0, "key"), "k3");
	assert_string_equal(word(all, 1, "key"), "k1");
	assert_int_equal(number(all, 2, "done"), d->number - 1);
	assert_string_equal(word(all, 3, "key"), "k3");
	json_decref(all);
}

/* What boards show is what was begun last, not what was asked for last. */
static void
test_shown(void **state)
{
	static const int started[] = { 0, 30, 20, 0, 40 };
	struct desk *d = *state;
	json_t *all;
	int id;

	for (id = 1; id <= 4; id++) {
		ask(d, "accept",
		    "\"id\":%d,\"channel\":\"main\",\"accepted_ms\":1,"
		    "\"request\":{\"show\":{\"ticket\":\"A%d\"}}",
		    id, id);
		if (started[id])
			ask(d, "started", "\"id\":%d,\"started_ms\":%d", id,
			    started[id]);
	}
	accept(d, 5);
	ask(d, "started", "\"id\":5,\"started_ms\":50");
	ask(d, "shown", "\"limit\":2");
	ask(d, "shown", "\"limit\":10");
	all = answers(d);
	assert_int_equal(json_array_size(all), 8);
	assert_int_equal(number(all, 0, "id"), 4);
	assert_string_equal(word(all, 0, "channel"), "main");
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(
		    json_object_get(json_array_get(all, 0), "row"), "show"),
		"ticket")),
	    "A4");
	assert_int_equal(number(all, 1, "id"), 1);
	assert_true(
	    json_is_true(json_object_get(json_array_get(all, 2), "more")));
	assert_int_equal(number(all, 5, "id"), 2);
	json_decref(all);
}

/* Ends are told to who was away by the numbers of their events. */
static void
test_ends(void **state)
{
	struct desk *d = *state;
	json_t *all;
	int id;

	for (id = 1; id <= 5; id++) {
		accept(d, id);
		end(d, id, "spoken");
		if (id < 5)
			ask(d, "numbered", "\"id\":%d,\"seq\":%d", id,
			    100 - id);
	}
	ask(d, "ends", "\"since\":96,\"limit\":10");
	ask(d, "ends", "\"since\":0,\"limit\":2");
	ask(d, "ends", "\"since\":0,\"limit\":9,\"channel\":\"other\"");
	all = answers(d);
	assert_int_equal(number(all, 0, "id"), 1);
	assert_int_equal(number(all, 0, "seq"), 99);
	assert_int_equal(number(all, 2, "seq"), 97);
	assert_null(json_object_get(json_array_get(all, 3), "more"));
	assert_int_equal(number(all, 5, "id"), 2);
	assert_true(
	    json_is_true(json_object_get(json_array_get(all, 6), "more")));
	assert_int_equal(number(all, 7, "done"), d->number);
	json_decref(all);
}

/* ---- history ------------------------------------------------------------ */

#define MANY 12000

/* Reads on from where the last answer says, and counts the rows. */
static int
count_history(struct desk *d, const char *filters, int *steps)
{
	json_int_t ms = INT64_MAX, id = INT64_MAX;
	int rows = 0;
	bool more = true;
	json_t *all;
	size_t n;

	for (*steps = 0; more; ++*steps) {
		ask(d, "history",
		    "%s\"limit\":100000,\"before_ms\":%" JSON_INTEGER_FORMAT
		    ",\"before_id\":%" JSON_INTEGER_FORMAT,
		    filters, ms, id);
		all = answers(d);
		n = json_array_size(all);
		rows += (int)n - 2;
		more = json_is_true(
		    json_object_get(json_array_get(all, n - 2), "more"));
		ms = number(all, n - 2, "before_ms");
		id = number(all, n - 2, "before_id");
		if (more && ms < 0) {
			ms = number(all, n - 3, "accepted_ms");
			id = number(all, n - 3, "id");
		}
		json_decref(all);
	}
	return rows;
}

/* A filter that nothing passes once had the whole ledger looked at in one go,
 * while acceptances waited behind it. */
static void
test_history_in_steps(void **state)
{
	struct desk *d = *state;
	int id, steps;

	for (id = 1; id <= MANY; id++) {
		accept(d, id);
		if (id % 1000 == 0)
			end(d, id, "failed");
	}
	json_decref(answers(d));
	assert_int_equal(count_history(d, "", &steps), MANY);
	assert_true(steps >= 3);
	assert_int_equal(
	    count_history(d, "\"outcome\":\"failed\",", &steps), 12);
	assert_int_equal(steps, 3);
	assert_int_equal(
	    count_history(d, "\"channels\":[\"other\"],", &steps), 0);
	assert_int_equal(count_history(d, "\"since_ms\":12000,", &steps), 1001);
	assert_int_equal(steps, 1);
}

static void
test_history_is_latest_first(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	accept(d, 2);
	accept(d, 3);
	ask(d, "history", "\"limit\":2");
	all = answers(d);
	assert_int_equal(number(all, 0, "id"), 3);
	assert_int_equal(number(all, 1, "id"), 2);
	assert_true(
	    json_is_true(json_object_get(json_array_get(all, 2), "more")));
	json_decref(all);
}

/* ---- receipts ----------------------------------------------------------- */

static void
receive(struct desk *d, int id, const char *state, const char *more)
{
	ask(d, "receipt",
	    "\"id\":%d,\"output\":\"live\",\"state\":\"%s\",\"time_ms\":%d%s",
	    id, state, 7000 + d->number, more);
}

/* Answer `i`'s receipts, without their times. */
static void
expect_receipts(const json_t *all, size_t i, const char *expected)
{
	json_t *row = json_object_get(json_array_get(all, i), "row"), *one;
	json_t *receipts = json_object_get(row, "receipts");
	char *text;
	size_t k;

	json_array_foreach(receipts, k, one)
	{
		json_object_del(one, "sent_ms");
		json_object_del(one, "delivered_ms");
		json_object_del(one, "decided_ms");
	}
	text = json_dumps(receipts, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, expected);
	free(text);
}

static void
test_receipts(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	accept(d, 2);
	accept(d, 3);
	receive(d, 1, "sent", "");
	receive(d, 1, "delivered", "");
	receive(d, 1, "heard", ",\"delay_ms\":812,\"confidence\":0.5");
	receive(d, 2, "missed", ",\"reason\":\"silence came\"");
	receive(d, 99, "heard", "");
	ask(d, "history", "\"limit\":10");
	ask(d, "history", "\"limit\":10,\"missed\":true");
	ask(d, "history", "\"limit\":10,\"missed\":false");
	all = answers(d);
	expect_receipts(all, 0, "[]");
	expect_receipts(all, 1,
	    "[{\"output\":\"live\",\"reason\":\"silence came\","
	    "\"state\":\"missed\"}]");
	expect_receipts(all, 2,
	    "[{\"confidence\":0.5,\"delay_ms\":812,\"output\":\"live\","
	    "\"state\":\"heard\"}]");
	assert_int_equal(number(all, 3, "done"), d->number - 2);
	assert_int_equal(number(all, 4, "id"), 2);
	assert_int_equal(number(all, 5, "done"), d->number - 1);
	assert_int_equal(json_array_size(all), 11);
	json_decref(all);
}

/* The supervisor hands over again what it had no answer for, and what a new one
 * says of what an old one knew is no news. */
static void
test_a_verdict_stays(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	accept(d, 2);
	receive(d, 1, "heard", ",\"delay_ms\":5");
	receive(d, 1, "sent", "");
	receive(d, 1, "delivered", "");
	receive(d, 1, "unknown", ",\"reason\":\"a new supervisor\"");
	receive(d, 2, "delivered", "");
	receive(d, 2, "sent", "");
	ask(d, "history", "\"limit\":10");
	all = answers(d);
	assert_int_equal(
	    json_object_size(json_array_get(
		json_object_get(
		    json_object_get(json_array_get(all, 1), "row"), "receipts"),
		0)),
	    6);
	expect_receipts(
	    all, 0, "[{\"output\":\"live\",\"state\":\"delivered\"}]");
	expect_receipts(all, 1,
	    "[{\"delay_ms\":5,\"output\":\"live\",\"state\":\"heard\"}]");
	json_decref(all);
}

static void
test_receipts_are_forgotten_too(void **state)
{
	struct desk *d = *state;
	json_t *all;

	accept(d, 1);
	end(d, 1, "spoken");
	receive(d, 1, "sent", "");
	ask(d, "prune", "\"before_ms\":9000");
	accept(d, 1);
	ask(d, "history", "\"limit\":10");
	all = answers(d);
	assert_int_equal(number(all, 0, "pruned"), 1);
	expect_receipts(all, 1, "[]");
	json_decref(all);
}

/* ---- forgetting --------------------------------------------------------- */

static void
test_prune(void **state)
{
	struct desk *d = *state;
	json_t *all;
	int id;

	for (id = 1; id <= 500; id++) {
		accept(d, id);
		if (id != 7)
			end(d, id, "spoken");
	}
	ask(d, "prune", "\"before_ms\":5400");
	ask(d, "prune", "\"before_ms\":5400");
	ask(d, "prune", "\"before_ms\":5400");
	ask(d, "prune", "\"before_ms\":0,\"bytes\":1");
	ask(d, "restore", "\"after\":0,\"limit\":1000");
	all = answers(d);
	assert_int_equal(number(all, 0, "pruned"), 200);
	assert_int_equal(number(all, 1, "pruned"), 198);
	assert_int_equal(number(all, 2, "pruned"), 0);
	assert_int_equal(number(all, 3, "pruned"), 101);
	/* Never what waits. */
	assert_int_equal(number(all, 4, "id"), 7);
	json_decref(all);
}

/* ---- the tables --------------------------------------------------------- */

static void
test_schema(void **state)
{
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(tables_prepare(db, 1), TABLES_READY);
	assert_int_equal(tables_prepare(db, 1), TABLES_READY);
	sqlite3_exec(db, "PRAGMA user_version=1000", NULL, NULL, NULL);
	assert_int_equal(tables_prepare(db, 1), TABLES_NEWER);
	sqlite3_close(db);

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE theirs (a)", NULL, NULL, NULL);
	assert_int_equal(tables_prepare(db, 1), TABLES_FOREIGN);
	sqlite3_close(db);
}

/* The first version, as it was released. */
static const char first_version[] =
    "CREATE TABLE announcement ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, key TEXT,"
    " text TEXT, request TEXT NOT NULL, accepted_ms INTEGER NOT NULL,"
    " due_ms INTEGER, expires_ms INTEGER, uid INTEGER, pid INTEGER,"
    " started_ms INTEGER, replays INTEGER NOT NULL DEFAULT 0,"
    " ended_ms INTEGER, outcome TEXT, reason TEXT, first_sample INTEGER,"
    " last_sample INTEGER);"
    "CREATE INDEX unended ON announcement(id) WHERE outcome IS NULL;"
    "CREATE INDEX by_acceptance ON announcement(accepted_ms);"
    "CREATE INDEX by_end ON announcement(ended_ms) WHERE ended_ms IS NOT NULL;"
    "CREATE TABLE ending (clean INTEGER NOT NULL);"
    "INSERT INTO ending VALUES (1);"
    "INSERT INTO announcement (id, channel, request, accepted_ms)"
    " VALUES (7, 'main', '{}', 1);"
    "PRAGMA application_id=1953788772; PRAGMA user_version=1";

/* What waited under an older version waits, and can be worked on as any. */
static void
test_an_older_version(void **state)
{
	struct desk *d = *state;
	json_t *all;

	statements_done(&d->store.statements);
	sqlite3_close(d->store.db);
	assert_int_equal(sqlite3_open(":memory:", &d->store.db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(d->store.db, first_version, NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(tables_prepare(d->store.db, 1), TABLES_READY);
	statements_init(&d->store.statements, d->store.db);
	ask(d, "restore", "\"after\":0,\"before\":9,\"limit\":9");
	ask(d, "ended",
	    "\"id\":7,\"ended_ms\":5007,\"outcome\":\"spoken\",\"rounds\":3");
	ask(d, "numbered", "\"id\":7,\"seq\":5");
	ask(d, "receipt",
	    "\"id\":7,\"output\":\"a\",\"state\":\"missed\",\"time_ms\":1");
	ask(d, "ends", "\"since\":4,\"limit\":9");
	ask(d, "history", "\"missed\":true,\"limit\":9");
	ask(d, "told", "\"id\":100");
	call(d, 8, CALL("A001", 5) "," NUMBERS(2, 5));
	ask(d, "desk", "\"limit\":9");
	all = answers(d);
	assert_int_equal(number(all, 0, "id"), 7);
	assert_string_equal(word(all, 6, "name"), "A");
	assert_int_equal(number(all, 7, "id"), 8);
	assert_int_equal(number(all, 2, "id"), 7);
	assert_int_equal(number(all, 4, "id"), 7);
	assert_int_equal(number(all, 4, "rounds"), 3);
	json_decref(all);
}

#define ON_DESK(test) \
	cmocka_unit_test_setup_teardown(test, desk_open, desk_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DESK(test_one_answer_for_all_that_waits),
		ON_DESK(test_twice_is_once),
		ON_DESK(test_begun_again_is_a_replay),
		ON_DESK(test_readers),
		ON_DESK(test_by),
		ON_DESK(test_calls),
		ON_DESK(test_calls_twice),
		ON_DESK(test_schedules),
		ON_DESK(test_calls_are_forgotten),
		ON_DESK(test_who_waits),
		ON_DESK(test_who_waits_for_long),
		ON_DESK(test_who_waits_is_forgotten),
		ON_DESK(test_calls_among_series),
		ON_DESK(test_skipped_id),
		ON_DESK(test_nonsense),
		ON_DESK(test_half_a_line),
		ON_DESK(test_restore_in_order),
		ON_DESK(test_keys),
		ON_DESK(test_shown),
		ON_DESK(test_ends),
		ON_DESK(test_history_in_steps),
		ON_DESK(test_history_is_latest_first),
		ON_DESK(test_receipts),
		ON_DESK(test_a_verdict_stays),
		ON_DESK(test_receipts_are_forgotten_too),
		ON_DESK(test_prune),
		cmocka_unit_test(test_schema),
		ON_DESK(test_an_older_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
