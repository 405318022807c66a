#include "platform/posix/sandbox.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "platform/posix/linux/sandbox_walls.h"

/* It writes and runs its own translation of a program within the process. Who
 * can say what is loaded first has the process anyway. */
static bool
is_within_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "/vgpreload_");
}

/* Calls last: it takes away what the other needs. */
unsigned
sandbox_enter(const struct sandbox *s)
{
	unsigned walls = 0;

	if (is_within_valgrind())
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		walls |= SANDBOX_PRIVILEGES;
	if (sandbox_close_files(s))
		walls |= SANDBOX_FILES;
	if (sandbox_close_calls(s))
		walls |= SANDBOX_CALLS;
	return walls;
}
