/*
 * Announcements for a time of day (`at`) follow the wall clock until they are
 * due: a machine that learns the time after its boot, or is asleep for a while,
 * says them when the clock on the wall says so. All else goes by the monotonic
 * clock.
 */
#ifndef TTSD_CONTROL_WALL_CLOCK_H
#define TTSD_CONTROL_WALL_CLOCK_H

#include "ttsd/control/ttsd.h"

/* Compares the two clocks from now on. Fails with ERR_NOMEM. */
int wall_clock_new(struct ttsd *t, struct wall_clock **out);
/* The difference that is known of them, from one ttsd to its successor, which
 * is to notice that the clock was set meanwhile. */
int64_t wall_clock_offset_ns(const struct wall_clock *w);
void wall_clock_take_over(struct wall_clock *w, int64_t offset_ns);
/* NULL is fine. */
void wall_clock_free(struct wall_clock *w);

#endif
