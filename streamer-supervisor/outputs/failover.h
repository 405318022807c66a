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

#define FAILOVER_NEVER INT64_MAX
/* The wait before failing back grows 2^this times at most. */
#define FAILOVER_RELAPSES_MAX 5
/* "Soon": within so many times `back_ns`. */
#define FAILOVER_SOON 10

/* The holder fills in `conf`, which outlives it. */
struct failover {
	const struct conf_failover *conf;

	bool on_backup;
	unsigned failed;     /* in a row */
	unsigned relapses;   /* soon after failing back, in a row */
	int64_t down_at_ns;  /* the primary has not been sending since; NEVER:
			      * it is, or it is nobody's fault */
	int64_t up_at_ns;    /* it has been sending since; NEVER: it is not */
	int64_t back_at_ns;  /* when it failed back; NEVER: it never did */
	int64_t deadline_ns; /* decide again then; NEVER */
};

/* On the primary, of which nothing is known. */
void failover_reset(struct failover *f);

/* What the primary does. An attempt ended in failure: */
void failover_failed(struct failover *f);
/* It sends, or does not. */
void failover_sending(struct failover *f, bool sending, int64_t now_ns);
/* It is not sending, and not to blame for it: nobody wants it, or there is
 * nothing to send. */
void failover_excused(struct failover *f);

/* True when `on_backup` has changed. `backup_sending`: the backup works. */
bool failover_decide(struct failover *f, bool backup_sending, int64_t now_ns);

#endif
