#include "streamer-supervisor/sender/history.h"

#include <stdio.h>

#include "common/body.h"
#include "common/record.h"

const char *const cause_names[CAUSE_COUNT] = {
#define X(name, text) [CAUSE_##name] = text,
	CAUSES(X)
#undef X
};

const char *
cause_name(enum cause cause)
{
	return cause_names[cause];
}

void
history_add(struct history *h, enum cause cause, const char *reason,
    int64_t utc_ms, int64_t ran_ms)
{
	struct history_entry *e = &h->entries[h->count++ % HISTORY_MAX];

	*e = (struct history_entry){
		.utc_ms = utc_ms, .ran_ms = ran_ms, .cause = cause
	};
	snprintf(e->reason, sizeof(e->reason), "%s", reason);
	h->by_cause[cause]++;
}

json_t *
history_json(const struct history *h)
{
	json_t *list = json_array();
	const struct history_entry *e;
	uint64_t back;

	for (back = 1; back <= HISTORY_MAX && back <= h->count; back++) {
		e = &h->entries[(h->count - back) % HISTORY_MAX];
		body_append(&list,
		    json_pack("{s:I, s:s, s:s, s:I}", "time",
			(json_int_t)e->utc_ms, "cause", cause_names[e->cause],
			"reason", e->reason, "ran_ms", (json_int_t)e->ran_ms));
	}
	return list;
}

/* ---- as it is handed over ------------------------------------------------ */

static const struct record_field entry_fields[] = {
	RECORD_FIELD(RECORD_INTEGER, history_entry, utc_ms),
	RECORD_FIELD(RECORD_INTEGER, history_entry, ran_ms),
	RECORD_FIELD_CHOICE(history_entry, cause, cause_names),
	RECORD_FIELD_TEXT(history_entry, reason),
	RECORD_END,
};

static const struct record_field history_fields[] = {
	RECORD_FIELD(RECORD_COUNT, history, count),
#define X(cause, text) \
	RECORD_FIELD(RECORD_COUNT, history, by_cause[CAUSE_##cause]),
	CAUSES(X)
#undef X
	    RECORD_END,
};

json_t *
history_save(const struct history *h)
{
	json_t *o = record_save(history_fields, h), *list = json_array();
	size_t i;

	for (i = 0; i < HISTORY_MAX; i++)
		body_append(&list, record_save(entry_fields, &h->entries[i]));
	body_put(&o, "entries", list);
	return o;
}

int
history_load(struct history *h, const json_t *record)
{
	const json_t *list = json_object_get(record, "entries");
	struct history copy = { .count = 0 };
	int rc = record_load(history_fields, record, &copy);
	size_t i;

	for (i = 0; i < HISTORY_MAX && rc == 0; i++)
		rc = record_load(
		    entry_fields, json_array_get(list, i), &copy.entries[i]);
	if (rc == 0)
		*h = copy;
	return rc;
}
