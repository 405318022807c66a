#include "ttsd/engines/net/patience.h"

#include "ttsd/engines/kit/kit_clock.h"
#include "ttsd/engines/kit/kit_io.h"

void
patience_begin(struct patience *p, unsigned timeout_ms)
{
	p->timeout_ms = timeout_ms;
	p->deadline_ns = kit_in_ms(timeout_ms);
	p->bytes = 0;
}

void
patience_fed(struct patience *p, size_t bytes, int64_t since_ns)
{
	p->deadline_ns += io_now_ns() - since_ns;
	p->bytes += bytes;
	if (p->bytes >= PATIENCE_BYTES)
		patience_begin(p, p->timeout_ms);
}

bool
patience_over(const struct patience *p)
{
	return p->timeout_ms > 0 && io_now_ns() >= p->deadline_ns;
}
