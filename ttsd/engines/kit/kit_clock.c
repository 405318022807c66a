#include "ttsd/engines/kit/kit_clock.h"

#include <limits.h>

#include "ttsd/engines/kit/kit_io.h"

int64_t
kit_in_ms(unsigned ms)
{
	return io_now_ns() + ms * KIT_NS_PER_MS;
}

int
kit_ms_until(int64_t at_ns)
{
	int64_t left = at_ns - io_now_ns();

	if (at_ns == KIT_NEVER)
		return -1;
	if (left <= 0)
		return 0;
	left = (left + KIT_NS_PER_MS - 1) / KIT_NS_PER_MS;
	return left > INT_MAX ? INT_MAX : (int)left;
}
