#include "common/sound/pacer.h"

#define NS_PER_S INT64_C(1000000000)

void
pacer_init(struct pacer *p, int64_t epoch_ns, uint32_t rate_hz, uint32_t chunk)
{
	p->epoch_ns = epoch_ns;
	p->rate_hz = rate_hz;
	p->chunk = chunk;
	p->position = 0;
}

/* floor(elapsed * rate / 1e9). Whole seconds and the rest are multiplied
 * separately, because elapsed * rate would overflow 64 bits within a day. */
static uint64_t
samples_at(const struct pacer *p, int64_t now_ns)
{
	uint64_t elapsed, s, ns;

	if (now_ns <= p->epoch_ns)
		return 0;
	elapsed = (uint64_t)(now_ns - p->epoch_ns);
	s = elapsed / NS_PER_S;
	ns = elapsed % NS_PER_S;
	return s * p->rate_hz + ns * p->rate_hz / NS_PER_S;
}

uint64_t
pacer_due(const struct pacer *p, int64_t now_ns)
{
	uint64_t at = samples_at(p, now_ns);

	if (at <= p->position)
		return 0;
	at -= p->position;
	return at - at % p->chunk;
}

int64_t
pacer_time_ns(const struct pacer *p, uint64_t position)
{
	uint64_t s = position / p->rate_hz;
	uint64_t rest = position % p->rate_hz;

	return p->epoch_ns + (int64_t)(s * NS_PER_S) +
	       (int64_t)((rest * NS_PER_S + p->rate_hz - 1) / p->rate_hz);
}

int64_t
pacer_next_ns(const struct pacer *p)
{
	return pacer_time_ns(p, p->position + p->chunk);
}

uint64_t
pacer_skip(struct pacer *p, int64_t now_ns)
{
	uint64_t due = pacer_due(p, now_ns), skipped;

	if (now_ns - pacer_next_ns(p) <= PACER_SKIP_NS || due <= p->chunk)
		return 0;
	skipped = due - p->chunk;
	p->position += skipped;
	return skipped;
}
