/* A timer finer than libev's, which Linux has; precise.c of each system. */
#ifndef PLATFORM_PRECISE_H
#define PLATFORM_PRECISE_H

#include "platform/platform.h"

struct precise;

/* NULL in `out`, and 0: the system has none. */
int precise_new(
    struct loop *l, void (*fn)(void *arg), void *arg, struct precise **out);
void precise_free(struct precise *p);

/* Sets the time as timer_at() does. */
void precise_at(struct precise *p, int64_t when_ns);

#endif
