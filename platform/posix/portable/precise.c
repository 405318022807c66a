/* Timers are the loop's own; on Windows, too (scripts/windows/windows.mk). */
#include "platform/precise.h"

int
precise_new(
    struct loop *l, void (*fn)(void *arg), void *arg, struct precise **out)
{
	(void)l;
	(void)fn;
	(void)arg;
	*out = NULL;
	return 0;
}

void
precise_free(struct precise *p)
{
	(void)p;
}

void
precise_at(struct precise *p, int64_t when_ns)
{
	(void)p;
	(void)when_ns;
}
