#include "streamer-supervisor/sender/health.h"

void
health_start(struct health *h, int64_t now_ns)
{
	size_t i;

	*h = (struct health){ .lags = 0 };
	for (i = 0; i < SIGNS; i++)
		h->good_ns[i] = now_ns;
}

void
health_good(struct health *h, enum protocol_sign sign, int64_t now_ns)
{
	h->good_ns[sign] = now_ns;
}

bool
health_missed(const struct health *h, enum protocol_sign sign, int64_t now_ns,
    int64_t limit_ns)
{
	return now_ns - h->good_ns[sign] >= limit_ns;
}

bool
health_lag(struct health *h, int64_t now_ns, int64_t limit_ns)
{
	if (h->lags == 0 || now_ns - h->lag_last_ns >= limit_ns) {
		h->lag_from_ns = now_ns;
		h->lags = 0;
	}
	h->lag_last_ns = now_ns;
	h->lags++;
	return h->lags >= HEALTH_LAGS && now_ns - h->lag_from_ns >= limit_ns;
}
