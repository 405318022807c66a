#include "ttsd/desk/desk.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"

const char *const desk_states[] = {
#define X(name, text) [DESK_##name] = text,
	DESK_STATES(X)
#undef X
	    NULL
};

void
desk_done(struct desk *d)
{
	size_t i;

	for (i = 0; i < d->call_count; i++)
		json_decref(d->calls[i].told);
	free(d->calls);
	free(d->series);
	json_decref(d->schedules);
	*d = (struct desk){ 0 };
}

int64_t
desk_turn(struct desk *d, int64_t now_ms)
{
	d->turn = d->turn < now_ms ? now_ms : d->turn + 1;
	return d->turn;
}

static void
note_turn(struct desk *d, int64_t turn)
{
	if (turn > d->turn)
		d->turn = turn;
}

/* ---- series ------------------------------------------------------------- */

struct series *
desk_find_series(const struct desk *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->series_count; i++)
		if (strcmp(d->series[i].name, name) == 0)
			return &d->series[i];
	return NULL;
}

int
desk_put_series(struct desk *d, const struct series *s)
{
	struct series *there = desk_find_series(d, s->name), *grown;

	note_turn(d, s->turn);
	if (there) {
		if (s->turn > there->turn)
			*there = *s;
		return 0;
	}
	grown = realloc(d->series, (d->series_count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_NOMEM;
	d->series = grown;
	d->series[d->series_count++] = *s;
	return 0;
}

/* ---- what is said again and again --------------------------------------- */

const json_t *
desk_find_schedule(const struct desk *d, const char *name)
{
	return json_object_get(d->schedules, name);
}

size_t
desk_count_schedules(const struct desk *d)
{
	return json_object_size(d->schedules);
}

/* Is it what a request may have asked for? The ledger may be damaged. */
static bool
is_sound(const json_t *entry)
{
	const json_t *value, *one;
	const char *key;
	size_t i;

	json_object_foreach((json_t *)entry, key, value)
	{
		json_array_foreach(value, i, one)
		{
			if (!json_is_string(one))
				return false;
		}
		if (json_is_object(value))
			return false;
	}
	return json_object_size(entry) > 0;
}

int
desk_put_schedule(struct desk *d, const json_t *row)
{
	const char *name = body_string(row, "schedule");

	note_turn(d, body_integer(row, "turn", 0));
	if (json_object_get(row, "entry") == NULL) {
		json_object_del(d->schedules, name);
		return 0;
	}
	if (!is_sound(json_object_get(row, "entry")))
		return 0;
	if (d->schedules == NULL)
		d->schedules = json_object();
	return json_object_set_new(d->schedules, name, json_deep_copy(row)) < 0
		   ? ERR_NOMEM
		   : 0;
}

/* ---- calls -------------------------------------------------------------- */

static enum desk_state
state_of(const json_t *told)
{
	const char *word = body_string(told, "state");
	int state = word ? word_index(desk_states, word) : -1;

	return state < 0 ? DESK_CALLED : (enum desk_state)state;
}

/* What waits on one day alone does so no more when two have passed, whatever
 * the time zone. */
#define WAIT_MS (INT64_C(2) * 24 * 3600 * 1000)

static bool
may_wait_at(const struct desk_call *c, int64_t time_ms)
{
	return c->state == DESK_WAITING &&
	       (json_object_get(c->told, "day") == NULL ||
		   body_integer(c->told, "time", 0) > time_ms - WAIT_MS);
}

/* The oldest call that does not wait gives way to one of that time. */
static bool
make_room(struct desk *d, int64_t time_ms)
{
	size_t i = 0;

	if (d->calls == NULL)
		d->calls = calloc(DESK_CALLS_MAX, sizeof(*d->calls));
	if (d->calls == NULL)
		return false;
	if (d->call_count < DESK_CALLS_MAX)
		return true;
	while (i + 1 < d->call_count && may_wait_at(&d->calls[i], time_ms))
		i++;
	json_decref(d->calls[i].told);
	d->call_count--;
	memmove(d->calls + i, d->calls + i + 1,
	    (d->call_count - i) * sizeof(d->calls[0]));
	return true;
}

int
desk_add_call(struct desk *d, json_t *told)
{
	if (told == NULL || !make_room(d, body_integer(told, "time", 0))) {
		json_decref(told);
		return ERR_NOMEM;
	}
	note_turn(d, body_integer(told, "turn", 0));
	d->calls[d->call_count++] =
	    (struct desk_call){ .id = body_id(told, "id"),
		    .last_id = body_id(told, "last_id"),
		    .state = state_of(told),
		    .told = told };
	return 0;
}

struct desk_call *
desk_find_id(const struct desk *d, uint64_t id)
{
	size_t i;

	for (i = d->call_count; i > 0; i--)
		if (d->calls[i - 1].id <= id && id <= d->calls[i - 1].last_id)
			return &d->calls[i - 1];
	return NULL;
}

/* Has the call that text in that field? NULL: any will do. */
static bool
has(const struct desk_call *c, const char *field, const char *text)
{
	const char *own = body_string(c->told, field);

	return text == NULL || (own && strcmp(own, text) == 0);
}

/* How many there are before that one; NULL: all. */
static size_t
count_before(const struct desk *d, const struct desk_call *before)
{
	return before ? (size_t)(before - d->calls) : d->call_count;
}

const struct desk_call *
desk_find_key(
    const struct desk *d, const struct desk_call *before, const char *key)
{
	size_t i;

	for (i = count_before(d, before); i > 0; i--)
		if (d->calls[i - 1].state != DESK_UNCALLED &&
		    has(&d->calls[i - 1], "key", key))
			return &d->calls[i - 1];
	return NULL;
}

const struct desk_call *
desk_find_called(const struct desk *d, const struct desk_call *before,
    const char *series, const char *ticket, const char *counter)
{
	const struct desk_call *c;
	size_t i;

	for (i = count_before(d, before); i > 0; i--) {
		c = &d->calls[i - 1];
		if (c->state == DESK_CALLED && has(c, "series", series) &&
		    has(c, "ticket", ticket) && has(c, "counter", counter))
			return c;
	}
	return NULL;
}

/* ---- who waits ---------------------------------------------------------- */

static bool
waits(const struct desk_call *c, const char *series, const char *ticket,
    int64_t day)
{
	return c->state == DESK_WAITING && has(c, "series", series) &&
	       has(c, "ticket", ticket) &&
	       body_integer(c->told, "day", INT64_MAX) >= day;
}

struct desk_call *
desk_find_waiting(const struct desk *d, const struct desk_call *after,
    const char *series, const char *ticket, int64_t day)
{
	size_t i = after ? (size_t)(after - d->calls) + 1 : 0;

	for (; i < d->call_count; i++)
		if (waits(&d->calls[i], series, ticket, day))
			return &d->calls[i];
	return NULL;
}

size_t
desk_count_waiting(const struct desk *d, const char *series, int64_t day)
{
	size_t i, n = 0;

	for (i = 0; i < d->call_count; i++)
		n += waits(&d->calls[i], series, NULL, day);
	return n;
}

json_t *
desk_list_waiting(const struct desk *d, const char *series, int64_t day)
{
	static const char *const told[] = { "id", "ticket", NULL };
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < d->call_count; i++) {
		if (!waits(&d->calls[i], series, NULL, day))
			continue;
		one = json_object();
		body_copy(&one, d->calls[i].told, told);
		body_append(&list, one);
	}
	return list;
}

/* Is there a call or a transfer that counts and has taken it up? */
static bool
is_taken_up(const struct desk *d, uint64_t waited)
{
	size_t i;

	for (i = 0; i < d->call_count; i++)
		if (d->calls[i].state != DESK_UNCALLED &&
		    body_id(d->calls[i].told, "waited") == waited)
			return true;
	return false;
}

bool
desk_take_up(struct desk *d, uint64_t waited, bool taken)
{
	struct desk_call *c = waited ? desk_find_id(d, waited) : NULL;

	if (c == NULL ||
	    c->state != (taken ? DESK_WAITING : DESK_TRANSFERRED) ||
	    (!taken && is_taken_up(d, waited)))
		return false;
	desk_set_state(c, taken ? DESK_TRANSFERRED : DESK_WAITING);
	return true;
}

/* ---- what becomes of a call --------------------------------------------- */

void
desk_set_state(struct desk_call *c, enum desk_state state)
{
	c->state = state;
	json_object_set_new(c->told, "state", json_string(desk_states[state]));
}

void
desk_note_end(
    struct desk *d, uint64_t id, const char *outcome, const char *reason)
{
	struct desk_call *c = desk_find_id(d, id);

	/* Of several announcements the first one speaks for the call. */
	if (c == NULL || c->id != id)
		return;
	json_object_set_new(c->told, "outcome", json_string(outcome));
	if (reason[0])
		json_object_set_new(c->told, "reason", json_string(reason));
}

const char *
desk_counter(const struct conf_series *conf, const char *counter, bool *any)
{
	char *const *names = conf->counters;

	*any = names == NULL || names[0] == NULL;
	if (*any)
		return counter;
	if (counter == NULL)
		return names[1] ? NULL : names[0];
	while (*names && strcmp(*names, counter) != 0)
		names++;
	return *names;
}

/* ---- from one ttsd to the next ------------------------------------------ */

json_t *
desk_tell(const struct desk *d, size_t calls)
{
	json_t *rows = json_array(), *schedule;
	const char *name;
	size_t i, first = d->call_count > calls ? d->call_count - calls : 0;

	for (i = 0; i < d->series_count; i++)
		body_append(&rows, series_tell(&d->series[i]));
	json_object_foreach(d->schedules, name, schedule)
	    body_append(&rows, json_deep_copy(schedule));
	for (i = 0; i < d->call_count; i++)
		if (i >= first || d->calls[i].state == DESK_WAITING)
			body_append(&rows, json_deep_copy(d->calls[i].told));
	return rows;
}

static int
put_row(struct desk *d, const json_t *row)
{
	struct series s;

	if (body_string(row, "ticket"))
		return desk_add_call(d, json_deep_copy(row));
	if (body_string(row, "schedule"))
		return desk_put_schedule(d, row);
	if (body_string(row, "name") == NULL)
		return 0;
	series_read(&s, row);
	return desk_put_series(d, &s);
}

int
desk_recall(struct desk *d, const json_t *rows)
{
	struct desk mine = *d;
	json_t *schedule;
	const json_t *row;
	const char *name;
	size_t i;
	int rc = 0;

	*d = (struct desk){ .turn = mine.turn, .known = mine.known };
	json_array_foreach(rows, i, row)
	{
		if (rc == 0)
			rc = put_row(d, row);
	}
	for (i = 0; i < mine.series_count && rc == 0; i++)
		rc = desk_put_series(d, &mine.series[i]);
	json_object_foreach(mine.schedules, name, schedule)
	{
		if (rc == 0)
			rc = desk_put_schedule(d, schedule);
	}
	for (i = 0; i < mine.call_count && rc == 0; i++)
		rc = desk_add_call(d, json_incref(mine.calls[i].told));
	desk_done(&mine);
	return rc;
}
