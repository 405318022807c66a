/* A timer that is finer than libev's: Linux has one. */
#ifndef PLATFORM_PRECISE_H
#define PLATFORM_PRECISE_H

#include "platform/platform.h"

struct precise;

#ifdef __linux__
/* NULL in `out`, and 0: the system has none. */
int precise_new(
    struct loop *l, void (*fn)(void *arg), void *arg, struct precise **out);
void precise_free(struct precise *p);

/* Sets the time as timer_at() does. */
void precise_at(struct precise *p, int64_t when_ns);
#else
static inline int
precise_new(
    struct loop *l, void (*fn)(void *arg), void *arg, struct precise **out)
{
	(void)l;
	(void)fn;
	(void)arg;
	*out = NULL;
	return 0;
}

static inline void
precise_free(struct precise *p)
{
	(void)p;
}

static inline void
precise_at(struct precise *p, int64_t when_ns)
{
	(void)p;
	(void)when_ns;
}
#endif

#endif
