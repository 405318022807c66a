#include "ttsd/engines/kit/posix/kit_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/posix/guard.h"

void
kit_guard_begin(struct kit_guard *g, pid_t group)
{
	int life[2];

	*g = (struct kit_guard){ .life = -1 };
	if (pipe(life) < 0)
		return;
	/* Nobody else may keep our end open. */
	fcntl(life[1], F_SETFD, FD_CLOEXEC);
	g->pid = fork();
	if (g->pid == 0)
		guard_stand(group, life[0]);
	close(life[0]);
	g->life = life[1];
	if (g->pid < 0)
		g->pid = 0;
}

static void
kit_guard_close(struct kit_guard *g)
{
	if (g->life >= 0)
		close(g->life);
	*g = (struct kit_guard){ .life = -1 };
}

void
kit_guard_renew(struct kit_guard *g, pid_t group)
{
	if (g->pid == 0 || waitpid(g->pid, NULL, WNOHANG) != g->pid)
		return;
	kit_guard_close(g);
	kit_guard_begin(g, group);
}

void
kit_guard_end(struct kit_guard *g)
{
	/* It must be gone before it is told that we are. */
	if (g->pid != 0) {
		kill(g->pid, SIGKILL);
		while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	kit_guard_close(g);
}
