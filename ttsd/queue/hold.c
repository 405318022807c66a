#include "ttsd/queue/hold.h"

void
hold_note(struct hold *h, uint64_t readers, int64_t noted_ms, int64_t now_ns)
{
	if (h->ends_ns == 0)
		h->ends_ns = now_ns + HOLD_MAX_NS;
	if (noted_ms < h->noted_ms)
		return;
	h->readers = readers;
	h->noted_ms = noted_ms;
}

/* Where there were none yet, a later note may tell of some: what is left comes
 * in parts. */
void
hold_advance(struct hold *h, uint64_t readers, int64_t now_ns)
{
	if (hold_is_on(h))
		h->over = readers >= h->readers || now_ns >= h->ends_ns;
}

bool
hold_is_on(const struct hold *h)
{
	return h->readers > 0 && !h->over;
}
