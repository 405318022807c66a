#include "common/child/child_record.h"

#include "common/err.h"
#include "common/record.h"

static const struct record_field fields[] = {
	RECORD_FIELD_CHOICE(child, state, child_state_names),
	RECORD_FIELD(RECORD_INTEGER, child, deadline_ns),
	RECORD_FIELD(RECORD_INTEGER, child, since_ns),
	RECORD_FIELD(RECORD_INTEGER, child, ready_ns),
	RECORD_FIELD(RECORD_INTEGER, child, progress_ns),
	RECORD_FIELD(RECORD_INTEGER, child, wait_ns),
	RECORD_FIELD(RECORD_COUNT, child, restarts),
	RECORD_FIELD(RECORD_COUNT, child, spawns),
	RECORD_FIELD(RECORD_SMALL, child, backoff.failures),
	RECORD_FIELD(RECORD_BOOL, child, ready),
	RECORD_FIELD(RECORD_BOOL, child, watched),
	RECORD_FIELD(RECORD_BOOL, child, again),
	RECORD_FIELD(RECORD_BOOL, child, rejected),
	RECORD_END,
};

json_t *
child_save(const struct child *c, bool process, int64_t now_ns)
{
	struct child copy = *c;

	if (child_alive(&copy) && !process) {
		child_feed(&copy, CHILD_HOLD, now_ns, 0);
		copy.deadline_ns = now_ns;
	}
	return record_save(fields, &copy);
}

int
child_load(struct child *c, const json_t *record)
{
	struct child copy = *c;
	int rc = record_load(fields, record, &copy);

	if (rc == 0)
		*c = copy;
	return rc;
}
