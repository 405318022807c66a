#include "streamer-supervisor/sender/repeats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S INT64_C(1000000000)

bool
repeats_take(struct repeats *r, const char *reason, int64_t now_ns)
{
	if (r->count == 0 || strcmp(r->reason, reason) != 0) {
		*r = (struct repeats){ .since_ns = now_ns };
		snprintf(r->reason, sizeof(r->reason), "%s", reason);
	}
	r->count++;
	if (r->count > REPEATS_SHOWN && now_ns - r->told_ns < REPEATS_EVERY_NS)
		return false;
	r->told_ns = now_ns;
	return true;
}

void
repeats_end(struct repeats *r)
{
	*r = (struct repeats){ 0 };
}

bool
repeats_are_folded(const struct repeats *r)
{
	return r->count >= REPEATS_SHOWN;
}

void
repeats_describe(
    const struct repeats *r, int64_t now_ns, char *out, size_t size)
{
	out[0] = '\0';
	if (r->count == REPEATS_SHOWN)
		snprintf(out, size,
		    " (the same again is counted, and told every %d min)",
		    (int)(REPEATS_EVERY_NS / NS_PER_S / 60));
	else if (r->count > REPEATS_SHOWN)
		snprintf(out, size, " failures=%" PRIu64 " for_s=%" PRId64,
		    r->count, (now_ns - r->since_ns) / NS_PER_S);
}
