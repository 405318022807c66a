/* What the parts of compare.h share. */
#ifndef STREAMER_SUPERVISOR_EAR_COMPARE_COMPARE_INTERNAL_H
#define STREAMER_SUPERVISOR_EAR_COMPARE_COMPARE_INTERNAL_H

#include "streamer-supervisor/ear/compare/compare.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S (1000 * NS_PER_MS)

/* The state is judged by so many blocks, … */
#define RECENT_BLOCKS 20
/* … if so many of them are sound, which is half a second, … */
#define SOUND_BLOCKS 5
/* … and it is ours from this correlation on: others reach 0.59 at the best of
 * all delays, and much less at the one that is known (align.h). */
#define RECENT_MATCH 0.6f

/* Sums of the last blocks that were judged. */
struct blocks_sum compare_recent(const struct compare *c);
/* Is what came what was sent? */
bool compare_fits(const struct blocks_sum *s);
/* Is there sound in the last two seconds of what was looked at? */
bool compare_comes(const struct compare *c);
/* Decides the state. */
void compare_decide(struct compare *c, int64_t now_ns);

#endif
