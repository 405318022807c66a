/* What the start of the daemon (life.c) and the trial of a successor
 * (succession.c) share. */
#ifndef TTSD_CONTROL_LIFE_H
#define TTSD_CONTROL_LIFE_H

#include "ttsd/control/ttsd.h"

/* Does what a successor's start does until it would touch the world. ttsd_end()
 * is to follow. Fails with an error of the system, or ERR_INVALID; `why` is
 * filled where a person can mend it. */
int ttsd_rehearse(struct ttsd *t, struct parcel *given, char *why, size_t size);

/* When the next chunk of any channel is due; INT64_MAX: none is. */
int64_t ttsd_next_tick_ns(const struct ttsd *t);

#endif
