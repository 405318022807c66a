#include "tests/sim/clerk.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/lines.h"
#include "ttsd/ledger/ledger.h"

#define SIGKILL_NUMBER 9
#define IN_MAX (4 * 1024 * 1024)

static struct {
	enum clerk_fate fate;
	int64_t delay_ns;
	json_t *rows;      /* an object of rows by their ids */
	json_t *series;    /* rows by their names */
	json_t *schedules; /* likewise */
	json_t *calls;     /* rows, a list */
	uint64_t last_id;
	bool incomplete; /* a ttsd has ended without telling that it was all */
	uint64_t told;   /* events, up to that number */
	unsigned pages;  /* of what waits, that were asked for */
	struct clerk *present;
} office;

/* One process. */
struct clerk {
	struct process *process;
	struct timer *timer;
	struct buf in;
	size_t scanned;
	bool open;
};

/* ---- the disk ----------------------------------------------------------- */

void
clerk_begin(void)
{
	clerk_end();
	memset(&office, 0, sizeof(office));
	office.rows = json_object();
	office.series = json_object();
	office.schedules = json_object();
	office.calls = json_array();
}

void
clerk_end(void)
{
	json_decref(office.rows);
	json_decref(office.series);
	json_decref(office.schedules);
	json_decref(office.calls);
	office.rows = office.series = office.schedules = office.calls = NULL;
}

int
clerk_setup(void **state)
{
	(void)state;
	clerk_begin();
	return 0;
}

int
clerk_teardown(void **state)
{
	(void)state;
	clerk_end();
	return 0;
}

void
clerk_set_fate(enum clerk_fate fate)
{
	office.fate = fate;
}

void
clerk_set_delay(int64_t ns)
{
	office.delay_ns = ns;
}

unsigned
clerk_pages(void)
{
	return office.pages;
}

size_t
clerk_count(void)
{
	return json_object_size(office.rows);
}

static json_t *
find_row(uint64_t id)
{
	char name[24];

	snprintf(name, sizeof(name), "%020" PRIu64, id);
	return json_object_get(office.rows, name);
}

const char *
clerk_text(uint64_t id, const char *field)
{
	static char text[32];
	const json_t *value = json_object_get(find_row(id), field);

	if (json_is_string(value))
		return json_string_value(value);
	text[0] = '\0';
	if (value)
		snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	return text;
}

static void
put_row(uint64_t id, const json_t *fields)
{
	char name[24];

	snprintf(name, sizeof(name), "%020" PRIu64, id);
	if (find_row(id))
		return;
	json_object_set_new(office.rows, name, json_deep_copy(fields));
	if (id > office.last_id)
		office.last_id = id;
}

void
clerk_put(uint64_t id, const char *fields)
{
	char text[1000], *p;
	json_t *row;

	snprintf(text, sizeof(text), "{'id':%" PRIu64 ",%s}", id, fields);
	for (p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	row = json_loads(text, 0, NULL);
	assert(row);
	put_row(id, row);
	json_decref(row);
}

/* ---- what is called at a desk ------------------------------------------- */

static json_t *
find_call(const char *field, const json_t *value)
{
	json_t *call;
	size_t i;

	json_array_foreach(office.calls, i, call)
	{
		if (json_equal(json_object_get(call, field), (json_t *)value))
			return call;
	}
	return NULL;
}

static void
put_numbers(json_t *numbers)
{
	const char *name = body_string(numbers, "name");
	const json_t *there =
	    name ? json_object_get(office.series, name) : NULL;

	if (name &&
	    body_integer(numbers, "turn", 0) > body_integer(there, "turn", 0))
		json_object_set_new(
		    office.series, name, json_deep_copy(numbers));
}

static void
put_schedule(const json_t *request)
{
	static const char *const kept[] = { "schedule", "entry", "turn", NULL };
	const char *name = body_string(request, "schedule");
	json_t *row = json_object();

	body_copy(&row, request, kept);
	if (json_object_get(row, "entry"))
		json_object_set(office.schedules, name, row);
	else
		json_object_del(office.schedules, name);
	json_decref(row);
}

/* Of a request with several announcements the first one makes the call. */
static void
put_call(const json_t *request)
{
	const json_t *call = json_object_get(request, "call");
	json_t *id = json_object_get(request, "id"), *row;

	put_numbers(json_object_get(request, "numbers"));
	if (call == NULL || find_call("id", id))
		return;
	row = find_call("turn", json_object_get(call, "turn"));
	if (row == NULL) {
		row = json_deep_copy(call);
		json_object_set(row, "id", id);
		json_array_append_new(office.calls, row);
	}
	json_object_set(row, "last_id", id);
	if (json_integer_value(id) > (json_int_t)office.last_id)
		office.last_id = (uint64_t)json_integer_value(id);
}

static void
take_back_call(const json_t *request)
{
	json_t *row = find_call("id", json_object_get(request, "id"));

	put_numbers(json_object_get(request, "numbers"));
	if (row)
		json_object_set_new(row, "state", json_string("uncalled"));
}

/* A copy of a call as it is told: a ticket that was transferred waits until
 * what takes it up is there, and was not taken back. */
static json_t *
told_call(json_t *row)
{
	json_t *copy = json_copy(row), *other;
	size_t i;

	if (strcmp(body_string(row, "state"), "waiting") != 0)
		return copy;
	json_array_foreach(office.calls, i, other)
	{
		if (body_id(other, "waited") == body_id(row, "id") &&
		    strcmp(body_string(other, "state"), "uncalled") != 0)
			json_object_set_new(
			    copy, "state", json_string("transferred"));
	}
	return copy;
}

/* ---- what it is asked --------------------------------------------------- */

static void
clerk_say(struct clerk *c, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);

	peer_puts(proc_out(c->process), text);
	peer_puts(proc_out(c->process), "\n");
	free(text);
	json_decref(line);
}

static void
tell_row(struct clerk *c, const json_t *request, json_t *row)
{
	clerk_say(c, json_pack("{s:O, s:O}", "no",
			 json_object_get(request, "no"), "row", row));
}

/* The line that ends an answer. */
static void
tell_done(struct clerk *c, const json_t *request, bool more)
{
	clerk_say(c, json_pack("{s:O, s:b}", "done",
			 json_object_get(request, "no"), "more", (int)more));
}

/* Rows without an outcome, in their order; those names sort as their ids. */
static void
tell_waiting(struct clerk *c, const json_t *request)
{
	uint64_t after = body_id(request, "after");
	uint64_t before = body_id(request, "before");
	int64_t left = body_integer(request, "limit", 0);
	const char *name;
	json_t *row;
	bool more = false;

	json_object_foreach(office.rows, name, row)
	{
		if (body_id(row, "id") <= after ||
		    body_id(row, "id") >= before ||
		    json_object_get(row, "outcome"))
			continue;
		more = left-- == 0;
		if (more)
			break;
		tell_row(c, request, row);
	}
	tell_done(c, request, more);
}

static void
tell_keys(struct clerk *c, const json_t *request)
{
	const char *name, *outcome;
	json_t *row;

	json_object_foreach(office.rows, name, row)
	{
		outcome = body_string(row, "outcome");
		if (outcome && strcmp(outcome, "spoken") == 0 &&
		    json_object_get(row, "key"))
			tell_row(c, request, row);
	}
	tell_done(c, request, false);
}

/* The latest first, for here they end in the order of their ids. */
static void
tell_ends(struct clerk *c, const json_t *request)
{
	int64_t left = body_integer(request, "limit", 0);
	json_t *latest = json_array(), *row;
	const char *name;
	bool more = false;
	size_t i;

	json_object_foreach(office.rows, name, row)
	    json_array_insert(latest, 0, row);
	json_array_foreach(latest, i, row)
	{
		if (more || body_id(row, "seq") <= body_id(request, "since"))
			continue;
		more = left-- == 0;
		if (!more)
			tell_row(c, request, row);
	}
	json_decref(latest);
	tell_done(c, request, more);
}

static void
tell_desk(struct clerk *c, const json_t *request)
{
	const char *name;
	json_t *row;
	size_t i;

	json_object_foreach(office.series, name, row) tell_row(c, request, row);
	json_object_foreach(office.schedules, name, row)
	    tell_row(c, request, row);
	json_array_foreach(office.calls, i, row)
	{
		row = told_call(row);
		tell_row(c, request, row);
		json_decref(row);
	}
	tell_done(c, request, false);
}

/* With their outcomes, the latest first. */
static void
tell_calls(struct clerk *c, const json_t *request)
{
	json_t *row, *outcome;
	size_t i;

	for (i = json_array_size(office.calls); i > 0; i--) {
		row = told_call(json_array_get(office.calls, i - 1));
		outcome =
		    json_object_get(find_row(body_id(row, "id")), "outcome");
		if (outcome)
			json_object_set(row, "outcome", outcome);
		else if (strcmp(body_string(row, "state"), "skipped") == 0)
			json_object_set(
			    row, "outcome", json_object_get(row, "state"));
		tell_row(c, request, row);
		json_decref(row);
	}
	tell_done(c, request, false);
}

static void
clerk_do(struct clerk *c, const json_t *request)
{
	const char *what = body_string(request, "do");
	uint64_t id = body_id(request, "id");
	json_t *row = find_row(id);

	if (strcmp(what, "accept") == 0) {
		put_row(id, request);
		put_call(request);
	} else if (strcmp(what, "skipped") == 0) {
		put_call(request);
	} else if (strcmp(what, "uncalled") == 0) {
		take_back_call(request);
	} else if (strcmp(what, "series") == 0) {
		put_numbers(json_object_get(request, "numbers"));
	} else if (strcmp(what, "schedule") == 0) {
		put_schedule(request);
	} else if (strcmp(what, "desk") == 0) {
		tell_desk(c, request);
	} else if (strcmp(what, "calls") == 0) {
		tell_calls(c, request);
	} else if (strcmp(what, "started") == 0 || strcmp(what, "ended") == 0) {
		if (row && !json_object_get(row, "outcome"))
			json_object_update(row, (json_t *)request);
	} else if (strcmp(what, "receipt") == 0) {
		if (row)
			json_object_set(
			    row, "receipt", json_object_get(request, "state"));
	} else if (strcmp(what, "end") == 0) {
		office.incomplete = false;
	} else if (strcmp(what, "restore") == 0) {
		office.pages++;
		tell_waiting(c, request);
	} else if (strcmp(what, "numbered") == 0) {
		if (row)
			json_object_update(row, (json_t *)request);
	} else if (strcmp(what, "told") == 0) {
		office.told = id > office.told ? id : office.told;
	} else if (strcmp(what, "ends") == 0) {
		tell_ends(c, request);
	} else if (strcmp(what, "keys") == 0) {
		tell_keys(c, request);
	} else {
		tell_done(c, request, false);
	}
}

/* ---- its life ----------------------------------------------------------- */

static void
clerk_open(struct clerk *c)
{
	if (office.fate == CLERK_REFUSES) {
		peer_puts(proc_err(c->process),
		    "{\"level\":\"error\",\"message\":\"the disk is full\"}\n");
		proc_exit(c->process, LEDGER_DISK);
		return;
	}
	c->open = true;
	clerk_say(
	    c, json_pack("{s:i, s:I, s:b, s:I}", "ledger", LEDGER_VERSION,
		   "next_id", (json_int_t)(office.last_id + 1), "complete",
		   !office.incomplete, "told", (json_int_t)office.told));
	office.incomplete = true;
}

/* Does all that it was given, as the disk of a ledger that takes its time
 * would. */
static void
clerk_work(void *arg)
{
	struct clerk *c = arg;
	json_int_t number = 0;
	const char *line;
	json_t *request;
	size_t len;

	if (proc_has_ended(c->process) || office.fate == CLERK_IS_SILENT)
		return;
	if (!c->open)
		clerk_open(c);
	while (c->open && lines_peek(&c->in, &c->scanned, &line, &len)) {
		if (office.fate == CLERK_DIES) {
			proc_die(c->process, SIGKILL_NUMBER);
			return;
		}
		request = json_loadb(line, len, 0, NULL);
		assert(request);
		clerk_do(c, request);
		number = body_integer(request, "no", 0);
		json_decref(request);
		buf_consume(&c->in, len + 1);
	}
	if (number > 0)
		clerk_say(c, json_pack("{s:I}", "committed", number));
}

void
clerk_wake(void)
{
	if (office.present)
		timer_at(office.present->timer, clock_now_ns());
}

static void
in_data(void *arg, const uint8_t *data, size_t len)
{
	struct clerk *c = arg;

	assert(buf_put(&c->in, data, len) == 0);
	timer_at(c->timer, clock_now_ns() + office.delay_ns);
}

static void
in_ended(void *arg, int err)
{
	struct clerk *c = arg;

	(void)err;
	clerk_work(c);
	if (!proc_has_ended(c->process) && office.fate != CLERK_IS_SILENT)
		proc_exit(c->process, 0);
}

static const struct stream_events in_events = { .data = in_data,
	.ended = in_ended };

static void
clerk_interrupted(void *self, struct process *p)
{
	(void)self;
	(void)p;
}

static void
clerk_killed(void *self, struct process *p)
{
	(void)self;
	proc_die(p, SIGKILL_NUMBER);
}

static void
clerk_freed(void *self, struct process *p)
{
	struct clerk *c = self;

	(void)p;
	if (office.present == c)
		office.present = NULL;
	timer_free(c->timer);
	buf_done(&c->in);
	free(c);
}

static const struct fake_program program = { .interrupted = clerk_interrupted,
	.killed = clerk_killed,
	.freed = clerk_freed };

bool
clerk_takes(struct process *p)
{
	struct clerk *c;

	if (strcmp(strrchr(proc_argv(p)[0], '/') + 1, "ledger") != 0)
		return false;
	c = calloc(1, sizeof(*c));
	c->process = p;
	buf_init(&c->in, IN_MAX);
	timer_new(NULL, TIMER_COARSE, clerk_work, c, &c->timer);
	proc_set_program(p, &program, c);
	stream_set_owner(proc_in(p), &in_events, c);
	timer_at(c->timer, clock_now_ns() + office.delay_ns);
	office.present = c;
	return true;
}
