#include "streamer-supervisor/sender/health.h"

void
health_start(struct health *h, int64_t now_ns)
{
	*h = (struct health){ .taken_ns = now_ns };
}

bool
health_look(struct health *h, bool stuck, int64_t now_ns, int64_t limit_ns)
{
	if (!stuck)
		h->taken_ns = now_ns;
	return now_ns - h->taken_ns >= limit_ns;
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
