#include "streamer-supervisor/sender/history.h"

#include <stdio.h>

#include "common/body.h"

static const char *const names[CAUSE_COUNT] = {
#define X(name, text) [CAUSE_##name] = text,
	CAUSES(X)
#undef X
};

const char *
cause_name(enum cause cause)
{
	return names[cause];
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
			(json_int_t)e->utc_ms, "cause", names[e->cause],
			"reason", e->reason, "ran_ms", (json_int_t)e->ran_ms));
	}
	return list;
}
