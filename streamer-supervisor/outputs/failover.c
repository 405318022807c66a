#include "streamer-supervisor/outputs/failover.h"

const struct record_field failover_fields[] = {
	RECORD_FIELD(RECORD_BOOL, failover, on_backup),
	RECORD_FIELD(RECORD_SMALL, failover, failed),
	RECORD_ROW(failover, relapses, .type = RECORD_SMALL,
	    .max = FAILOVER_RELAPSES_MAX),
	RECORD_FIELD(RECORD_INTEGER, failover, down_at_ns),
	RECORD_FIELD(RECORD_INTEGER, failover, up_at_ns),
	RECORD_FIELD(RECORD_INTEGER, failover, back_at_ns),
	RECORD_FIELD(RECORD_INTEGER, failover, deadline_ns),
	RECORD_END,
};

void
failover_reset(struct failover *f)
{
	f->on_backup = false;
	f->failed = f->relapses = 0;
	f->down_at_ns = f->up_at_ns = FAILOVER_NEVER;
	f->back_at_ns = f->deadline_ns = FAILOVER_NEVER;
}

void
failover_failed(struct failover *f)
{
	f->failed++;
}

void
failover_sending(struct failover *f, bool sending, int64_t now_ns)
{
	if (!sending) {
		f->up_at_ns = FAILOVER_NEVER;
		if (f->down_at_ns == FAILOVER_NEVER)
			f->down_at_ns = now_ns;
	} else if (f->up_at_ns == FAILOVER_NEVER) {
		f->up_at_ns = now_ns;
		f->down_at_ns = FAILOVER_NEVER;
	}
}

void
failover_excused(struct failover *f)
{
	f->up_at_ns = f->down_at_ns = FAILOVER_NEVER;
	f->failed = 0;
}

static bool
is_due(struct failover *f, int64_t since_ns, int64_t wait_ns, int64_t now_ns)
{
	if (since_ns == FAILOVER_NEVER)
		return false;
	if (now_ns - since_ns >= wait_ns)
		return true;
	f->deadline_ns = since_ns + wait_ns;
	return false;
}

/* Decides while the primary is in use. `failed` counts until the primary has
 * held out for `back_ns`: one that comes up for a moment between failures is as
 * good as down. */
static bool
decide_on_primary(struct failover *f, int64_t now_ns)
{
	bool soon = f->back_at_ns != FAILOVER_NEVER &&
		    now_ns - f->back_at_ns < FAILOVER_SOON * f->conf->back_ns;

	if (is_due(f, f->up_at_ns, f->conf->back_ns, now_ns))
		f->failed = 0;
	if (f->failed < f->conf->failures &&
	    !is_due(f, f->down_at_ns, f->conf->down_ns, now_ns))
		return false;
	if (!soon)
		f->relapses = 0;
	else if (f->relapses < FAILOVER_RELAPSES_MAX)
		f->relapses++;
	f->on_backup = true;
	return true;
}

static bool
decide_on_backup(struct failover *f, bool backup_sending, int64_t now_ns)
{
	int64_t wait_ns = backup_sending ? f->conf->back_ns << f->relapses : 0;

	if (!is_due(f, f->up_at_ns, wait_ns, now_ns))
		return false;
	f->on_backup = false;
	f->failed = 0;
	f->back_at_ns = now_ns;
	return true;
}

bool
failover_decide(struct failover *f, bool backup_sending, int64_t now_ns)
{
	f->deadline_ns = FAILOVER_NEVER;
	return f->on_backup ? decide_on_backup(f, backup_sending, now_ns)
			    : decide_on_primary(f, now_ns);
}
