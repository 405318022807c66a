#include "common/child/backoff.h"

int64_t
backoff_next(struct backoff *b, uint64_t random)
{
	int64_t step = b->initial_ns;
	unsigned i;

	for (i = 0; i < b->failures && step < b->max_ns; i++)
		step = step > b->max_ns / 2 ? b->max_ns : step * 2;
	b->failures++;
	return step - step / 2 + (int64_t)(random % (uint64_t)(step / 2 + 1));
}

void
backoff_reset(struct backoff *b)
{
	b->failures = 0;
}
