#include "streamer-supervisor/picture/rhythm.h"

/* The first pictures often come at once, from the sender's store, and say
 * nothing of those that follow. */
#define LISTENED_NS INT64_C(500000000)
#define DISTANCES 3
/* With each picture the longest distance counts by so much less: half after 44
 * of them. */
#define FADES 64

void
rhythm_note(struct rhythm *r, int64_t now_ns)
{
	int64_t distance = now_ns - r->last_ns;

	if (r->first_ns == 0) {
		r->first_ns = r->last_ns = now_ns;
		return;
	}
	r->last_ns = now_ns;
	r->longest_ns -= r->longest_ns / FADES;
	if (r->longest_ns < distance)
		r->longest_ns = distance;
	if (r->longest_ns > RHYTHM_UNKNOWN_NS)
		r->longest_ns = RHYTHM_UNKNOWN_NS;
}

bool
rhythm_is_known(const struct rhythm *r)
{
	return r->last_ns - r->first_ns >= LISTENED_NS;
}

int64_t
rhythm_patience_ns(const struct rhythm *r)
{
	int64_t patience_ns = DISTANCES * r->longest_ns;

	if (!rhythm_is_known(r))
		return RHYTHM_UNKNOWN_NS;
	return patience_ns > RHYTHM_LEAST_NS ? patience_ns : RHYTHM_LEAST_NS;
}
