#include "daemon/allowance.h"

#include <stddef.h>

void
allowance_init(struct allowance *a, int64_t each_ns, unsigned most)
{
	*a = (struct allowance){ .each_ns = each_ns, .most = most };
}

static size_t
find(const struct allowance *a, uint64_t source)
{
	size_t i;

	for (i = 0; i < ALLOWANCE_SOURCES; i++)
		if (a->of[i].source == source && a->of[i].full_ns > 0)
			break;
	return i;
}

int64_t
allowance_wait_ns(const struct allowance *a, uint64_t source, int64_t now_ns)
{
	size_t i = find(a, source);
	int64_t early = now_ns + (a->most - 1) * a->each_ns;

	if (i == ALLOWANCE_SOURCES || a->of[i].full_ns <= early)
		return 0;
	return a->of[i].full_ns - early;
}

void
allowance_take(struct allowance *a, uint64_t source, int64_t now_ns)
{
	size_t i = find(a, source), other;

	if (i == ALLOWANCE_SOURCES)
		for (i = 0, other = 1; other < ALLOWANCE_SOURCES; other++)
			if (a->of[other].full_ns < a->of[i].full_ns)
				i = other;
	if (a->of[i].source != source || a->of[i].full_ns < now_ns)
		a->of[i].full_ns = now_ns;
	a->of[i].source = source;
	/* More than all of it cannot be used up, whoever took without asking.
	 */
	a->of[i].full_ns += a->each_ns;
	if (a->of[i].full_ns > now_ns + a->most * a->each_ns)
		a->of[i].full_ns = now_ns + a->most * a->each_ns;
}
