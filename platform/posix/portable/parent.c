/*
 * Nothing kills a child whose parent ends: a guard in its group does. Its
 * limits are those of guard.h; and where the system has no process left for it,
 * the child sees no more than the end of file on its standard input.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/posix/guard.h"
#include "platform/posix/spawn.h"

/* The guard must be nobody's child: neither the program nor the parent knows of
 * it. */
static void
spawn_guard(int life)
{
	pid_t group = getpgrp(), between = fork();

	if (between == 0) {
		if (fork() == 0)
			guard_stand(group, life);
		_exit(0);
	}
	while (between > 0 && waitpid(between, NULL, 0) < 0 && errno == EINTR)
		continue;
}

void
spawn_die_with(pid_t parent, int life)
{
	if (life >= 0)
		spawn_guard(life);
	/* The parent may have died before we asked. */
	if (getppid() != parent)
		_exit(127);
}
