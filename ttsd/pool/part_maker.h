/*
 * Which engine makes a part of what is said: its own, or, where that fails, the
 * engine's fallback.
 */
#ifndef TTSD_POOL_PART_MAKER_H
#define TTSD_POOL_PART_MAKER_H

#include "ttsd/pool/engine.h"
#include "ttsd/queue/saying.h"

/* A part that is longer than this comes from a program that never ends. */
#define PART_MAX_MS 3600000

/* Who makes it at first: the fallback, where the engine failed a short while
 * ago. The part is no pause. */
struct engine *part_maker(const struct part *part);
/* Who makes it where `e` has failed before any sound; NULL: nobody. */
struct engine *part_maker_after(
    const struct part *part, const struct engine *e);

/* What `e` is asked to make of it; the part keeps what is in it. A fallback
 * knows other voices than the engine that was asked for, so it gets only the
 * language. */
struct speech part_speech(const struct part *part, const struct engine *e);

#endif
