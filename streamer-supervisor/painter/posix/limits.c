#include "streamer-supervisor/painter/posix/limits.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#define ADDRESS_SPACE_BYTES ((rlim_t)512 << 20)
#define HURRY_S 3

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

void
limits_hurry(void)
{
	signal(SIGALRM, SIG_DFL);
	alarm(HURRY_S);
}

void
limits_rest(void)
{
	alarm(0);
}
