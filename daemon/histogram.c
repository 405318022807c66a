#include "daemon/histogram.h"

void
histogram_init(struct histogram *h, const int64_t *bounds_ns)
{
	*h = (struct histogram){ .bounds_ns = bounds_ns };
}

void
histogram_add(struct histogram *h, int64_t ns)
{
	unsigned i = 0;

	if (ns < 0)
		ns = 0;
	while (ns > h->bounds_ns[i])
		i++;
	h->counts[i]++;
	h->sum_ns += ns;
}
