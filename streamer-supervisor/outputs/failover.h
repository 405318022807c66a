/*
 * Where should an output be sent: to its primary address or to its backup?
 *
 * It fails over once the primary has failed `failures` times in a row or has
 * not been sending for `down_ns`. It fails back once the primary has been
 * sending for `back_ns` without a break, or at once where the backup does
 * not send either. A primary that fails soon after it was given another
 * chance has to hold out twice as long the next time. Pure.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_FAILOVER_H
#define STREAMER_SUPERVISOR_OUTPUTS_FAILOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/conf/conf.h"
#include "common/record.h"

#define FAILOVER_NEVER INT64_MAX
/* The wait before failing back is doubled at most so often. */
#define FAILOVER_RELAPSES_MAX 5
/* A primary fails "soon" after failing back within so many times `back_ns`. */
#define FAILOVER_SOON 10

/* The holder fills in `conf`, which outlives it. */
struct failover {
	const struct conf_failover *conf;

	bool on_backup;
	unsigned failed;     /* failures of the primary in a row */
	unsigned relapses;   /* fail-overs soon after failing back, in a row */
	int64_t down_at_ns;  /* since when the primary is not sending; NEVER:
			      * it sends, or is not to blame */
	int64_t up_at_ns;    /* since when the primary sends; NEVER: it does
			      * not */
	int64_t back_at_ns;  /* when it last failed back; NEVER: not yet */
	int64_t deadline_ns; /* when to decide again; NEVER */
};

/* Its record (common/record.h). */
extern const struct record_field failover_fields[];

/* Begins on the primary, of which nothing is known. */
void failover_reset(struct failover *f);

/* Tells that an attempt of the primary ended in failure. */
void failover_failed(struct failover *f);
/* Tells whether the primary is sending. */
void failover_sending(struct failover *f, bool sending, int64_t now_ns);
/* Tells that the primary is not sending and not to blame for it: nobody wants
 * it, or there is nothing to send. */
void failover_excused(struct failover *f);

/* Decides, and returns true when `on_backup` has changed. `backup_sending`
 * tells whether the backup is sending. */
bool failover_decide(struct failover *f, bool backup_sending, int64_t now_ns);

#endif
