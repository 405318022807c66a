#include "platform/posix/guard.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "platform/posix/spawn.h"

/* Signals that ask the group to end must not end the guard before it. */
static void
guard_signals(void)
{
	static const int others[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		signal(others[i], SIG_IGN);
}

static void
guard_wait(int life)
{
	char byte;
	ssize_t n;

	do
		n = read(life, &byte, 1);
	while (n > 0 || (n < 0 && errno == EINTR));
}

void
guard_stand(pid_t group, int life)
{
	guard_signals();
	if (setpgid(0, group) < 0)
		_exit(1);
	/* Somebody waits for the end of each pipe. */
	spawn_close(0, life);
	guard_wait(life);
	kill(0, SIGKILL);
	_exit(0);
}
