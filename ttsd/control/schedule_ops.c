#include "ttsd/control/schedule_ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/body.h"
#include "common/control/session.h"
#include "common/err.h"
#include "common/text/rfc3339.h"
#include "daemon/schedule_say.h"
#include "daemon/section.h"
#include "platform/local_time.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/say.h"
#include "ttsd/control/targets.h"

/* `name`, the keys of the section, and `by`. */
struct field set_schedule_fields[SECTION_FIELDS_MAX];

void
schedule_ops_begin(void)
{
	size_t n = section_fields("schedule", set_schedule_fields);

	set_schedule_fields[n] =
	    (struct field){ .name = "by", .type = FIELD_STRING };
}

/* ---- one of them -------------------------------------------------------- */

/* When it is due next, behind `told`; nothing where it never is. */
static void
put_next(json_t **told, const struct conf_schedule *s)
{
	const char *key, *expected;
	struct calendar calendar;
	int64_t next_ms = -1;
	char text[32];

	if (conf_schedule_calendar(s, &calendar, &key, &expected))
		next_ms = calendar_next(&calendar, &local_time, clock_utc_ms());
	if (next_ms < 0)
		return;
	rfc3339_write(next_ms, text, sizeof(text));
	body_put(told, "next", json_string(text));
}

/* Reads one; what is wrong is said without where an option would be. */
static int
read_one(const char *name, const json_t *entry, struct conf *out,
    struct conf_error *e)
{
	char **settings = section_settings("schedule", name, entry);
	const char *said;
	int rc = ERR_NOMEM;

	*out = (struct conf){ 0 };
	snprintf(e->text, sizeof(e->text), "out of memory");
	if (settings)
		rc = conf_read_schedule(out, name, settings, e);
	words_free(settings);
	said = rc == ERR_INVALID ? strchr(e->text, '[') : NULL;
	if (said)
		memmove(e->text, said, strlen(said) + 1);
	return rc;
}

/* Is it said on channels that who asks may use? Which one is meant where none
 * is named is not theirs to know. */
static bool
is_in_reach(const struct ttsd *t, const struct session *s, const json_t *kept)
{
	const json_t *names =
	    json_object_get(json_object_get(kept, "entry"), "channel");

	return s->only == NULL || (names && reach_has_list(t, s, names));
}

/* Adds the channels that it is said on, each once. */
static void
add_channels(const struct ttsd *t, const json_t *entry, json_t **list)
{
	const json_t *names = json_object_get(entry, "channel"), *one;
	size_t i;

	json_array_foreach(names, i, one)
	{
		targets_add_names(t, json_string_value(one), list);
	}
}

/* `was` and `is` are entries, of which one may be NULL. What names no channel
 * is told to who is for all alone. */
static void
publish(struct ttsd *t, const char *name, const json_t *was, const json_t *is)
{
	json_t *body = json_object(), *list = json_array();

	add_channels(t, was, &list);
	add_channels(t, is, &list);
	body_put(&body, "schedule", json_string(name));
	body_put(&body, "kept", json_boolean(is != NULL));
	body_put(&body, "channels", list);
	event_publish(
	    t->server, EVENT_SCHEDULE, NULL, SERVER_ANY_LEAD, 0, body);
}

/* Nobody knows what else there is before the ledger has told. */
static bool
check_known(const struct ttsd *t, struct reply *r)
{
	if (!t->desk.known)
		reply_error(r, PROTO_UNAVAILABLE,
		    "what is said again and again is not known, for the "
		    "ledger has not told it: %s",
		    durable_why(t->durable));
	return t->desk.known;
}

/* ---- what there is ------------------------------------------------------ */

static json_t *
describe(const json_t *kept)
{
	const char *name = body_string(kept, "schedule");
	json_t *told = json_object();
	struct conf_error e;
	struct conf own;

	body_put(&told, "name", json_string(name));
	body_merge(&told, json_object_get(kept, "entry"));
	/* Turns go with the time of day. */
	body_put(&told, "set_ms", json_incref(json_object_get(kept, "turn")));
	if (read_one(name, json_object_get(kept, "entry"), &own, &e) == 0)
		put_next(&told, conf_schedule_at(&own, 0));
	conf_done(&own);
	return told;
}

enum verdict
op_schedules(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *list, *kept;
	const char *name;

	(void)body;
	if (!durability_is_ready(t))
		return OP_LATER;
	if (!check_known(t, r))
		return OP_DONE;
	list = json_array();
	json_object_foreach(t->desk.schedules, name, kept)
	{
		if (is_in_reach(t, s, kept))
			body_append(&list, describe(kept));
	}
	reply_set(r, "schedules", list);
	return OP_DONE;
}

/* ---- another one -------------------------------------------------------- */

/* What of the request is kept. */
static json_t *
entry_of(const json_t *body)
{
	json_t *entry = json_object(), *channel;
	const struct field *f;

	/* The first is its name. */
	for (f = set_schedule_fields + 1; f->name; f++)
		if (json_object_get(body, f->name))
			body_put(&entry, f->name,
			    json_deep_copy(json_object_get(body, f->name)));
	channel = json_object_get(entry, "channel");
	if (json_is_string(channel))
		body_put(&entry, "channel", json_pack("[O]", channel));
	return entry;
}

static bool
check_size(const json_t *entry, struct reply *r)
{
	char *text = body_text(entry);

	if (text == NULL)
		reply_no_memory(r);
	else if (strlen(text) > DESK_SCHEDULE_BYTES)
		reply_error(r, PROTO_BAD_REQUEST,
		    "it has %zu bytes as JSON, and at most %d are kept",
		    strlen(text), DESK_SCHEDULE_BYTES);
	free(text);
	return r->error == PROTO_OK;
}

/* An empty list would be the first channel there. */
static bool
check_channels(struct ttsd *t, const json_t *body, struct reply *r)
{
	json_decref(targets_names(t, body, r));
	return r->error == PROTO_OK;
}

/* Is it said as well as it can be known now? */
static enum verdict
try_entry(
    struct ttsd *t, const char *name, const json_t *entry, struct reply *r)
{
	enum verdict verdict = OP_DONE;
	struct conf_error e;
	struct conf own;
	json_t *request;
	int rc = read_one(name, entry, &own, &e);

	request = rc == 0 ? schedule_say(conf_schedule_at(&own, 0)) : NULL;
	if (rc == ERR_INVALID)
		reply_error(r, PROTO_BAD_REQUEST, "%s", e.text);
	else if (request == NULL)
		reply_no_memory(r);
	else
		verdict = say_try(t, request, r);
	if (verdict == OP_DONE && r->error == PROTO_OK)
		put_next(&r->body, conf_schedule_at(&own, 0));
	json_decref(request);
	conf_done(&own);
	return verdict;
}

/* May it have that name? */
static bool
check_name(const struct ttsd *t, const struct session *s, const char *name,
    struct reply *r)
{
	const json_t *kept = desk_find_schedule(&t->desk, name);

	if (!conf_name_valid(name))
		reply_error(r, PROTO_BAD_REQUEST,
		    "a name is 1 to %d of letters, digits, '_' and '-'",
		    CONF_NAME_MAX);
	else if (conf_schedule_find(&t->conf, name))
		reply_error(r, PROTO_BAD_REQUEST,
		    "[schedule %s] is in the configuration: change it there, "
		    "or take another name",
		    name);
	else if (kept && !is_in_reach(t, s, kept))
		reply_error(r, PROTO_DENIED,
		    "the name '%s' is taken, for channels that who asks may "
		    "not use",
		    name);
	else if (kept == NULL &&
		 desk_count_schedules(&t->desk) >= DESK_SCHEDULES_MAX)
		reply_error(r, PROTO_QUEUE_FULL,
		    "%d are said again and again already, as many as are "
		    "kept; take one away first ('remove-schedule')",
		    DESK_SCHEDULES_MAX);
	return r->error == PROTO_OK;
}

/* Takes over `entry`; NULL: it is said no more. False with an error in `r`. */
static bool
keep(struct ttsd *t, const char *name, json_t *entry, struct reply *r)
{
	json_t *row = json_object();

	body_put(&row, "schedule", json_string(name));
	body_put(
	    &row, "turn", json_integer(desk_turn(&t->desk, clock_utc_ms())));
	if (entry)
		body_put(&row, "entry", entry);
	if (row == NULL || desk_put_schedule(&t->desk, row) < 0) {
		json_decref(row);
		reply_no_memory(r);
		return false;
	}
	if (t->durable)
		durable_schedule(t->durable, row);
	else
		json_decref(row);
	return true;
}

static enum verdict
set_schedule(struct ttsd *t, const struct session *s, const json_t *body,
    struct reply *r)
{
	const char *name = body_string(body, "name");
	const json_t *was = desk_find_schedule(&t->desk, name);
	json_t *entry, *before = json_incref(json_object_get(was, "entry"));
	enum verdict verdict = OP_DONE;

	entry = entry_of(body);
	if (check_known(t, r) && check_name(t, s, name, r) &&
	    check_channels(t, body, r) && reach_check_priority(s, body, r) &&
	    say_check_by(body, r) && check_size(entry, r))
		verdict = try_entry(t, name, entry, r);
	if (verdict == OP_DONE && r->error == PROTO_OK &&
	    keep(t, name, json_incref(entry), r))
		publish(t, name, before, entry);
	json_decref(before);
	json_decref(entry);
	return verdict;
}

enum verdict
op_set_schedule(
    void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	enum verdict verdict = OP_DONE;
	struct ttsd *t = ctx;
	json_t *whole;

	if (!durability_is_ready(t))
		return OP_LATER;
	if (durability_recall(s, r))
		return durability_tell(t, s, r);
	whole = reach_name_channel(t, s, json_incref((json_t *)body), r);
	if (whole)
		verdict = set_schedule(t, s, whole, r);
	json_decref(whole);
	return verdict == OP_DONE ? durability_tell(t, s, r) : verdict;
}

/* ---- one less ----------------------------------------------------------- */

const struct field remove_schedule_fields[] = {
	{ .name = "name", .type = FIELD_STRING, .required = true },
	{ .name = NULL },
};

static void
remove_schedule(
    struct ttsd *t, const struct session *s, const char *name, struct reply *r)
{
	const json_t *kept = desk_find_schedule(&t->desk, name);
	json_t *entry;

	if (!check_known(t, r))
		return;
	if (conf_schedule_find(&t->conf, name)) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "[schedule %s] is in the configuration: take it out there",
		    name);
		return;
	}
	if (kept == NULL || !is_in_reach(t, s, kept)) {
		reply_error(r, PROTO_NOT_FOUND,
		    "nothing is said again and again by the name '%.40s'; "
		    "'schedules' lists them",
		    name);
		return;
	}
	entry = json_incref(json_object_get(kept, "entry"));
	if (keep(t, name, NULL, r))
		publish(t, name, entry, NULL);
	json_decref(entry);
}

enum verdict
op_remove_schedule(
    void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;

	if (!durability_is_ready(t))
		return OP_LATER;
	if (!durability_recall(s, r))
		remove_schedule(t, s, body_string(body, "name"), r);
	return durability_tell(t, s, r);
}
