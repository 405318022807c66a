#include "streamer-supervisor/painter/posix/limits.h"

#include <sys/resource.h>

#define ADDRESS_SPACE_BYTES ((rlim_t)512 << 20)

void
limits_set(void)
{
	struct rlimit none = { 0, 0 };
#ifndef __SANITIZE_ADDRESS__
	struct rlimit space = { ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES };

	setrlimit(RLIMIT_AS, &space);
#endif
	setrlimit(RLIMIT_CORE, &none);
}
