#include "ttsd/engines/kit/posix/kit_guard.h"

#ifdef __linux__

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Descriptors that a system without close_range() may have left open. */
#define DESCRIPTORS_MAX 1024

static void
guard_engine_died(int number)
{
	(void)number;
	kill(0, SIGKILL);
}

/* The guard must hold no pipe open whose end somebody waits for. */
static void
guard_close_all(void)
{
	int fd;

#ifdef CLOSE_RANGE_CLOEXEC
	if (close_range(0, ~0u, 0) == 0)
		return;
#endif
	for (fd = 0; fd < DESCRIPTORS_MAX; fd++)
		close(fd);
}

/* Signals that ask the program to end must not end the guard before it. */
static _Noreturn void
guard_stand(pid_t group, pid_t engine)
{
	static const int others[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		signal(others[i], SIG_IGN);
	signal(SIGUSR1, guard_engine_died);
	if (setpgid(0, group) < 0)
		_exit(1);
	guard_close_all();
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	/* The engine may have died before the guard asked. */
	if (getppid() != engine)
		kill(0, SIGKILL);
	for (;;)
		pause();
}

pid_t
kit_guard_begin(pid_t group)
{
	pid_t engine = getpid(), guard = fork();

	if (guard == 0)
		guard_stand(group, engine);
	return guard > 0 ? guard : 0;
}

void
kit_guard_renew(pid_t *guard, pid_t group)
{
	if (*guard != 0 && waitpid(*guard, NULL, WNOHANG) == *guard)
		*guard = kit_guard_begin(group);
}

void
kit_guard_end(pid_t guard)
{
	if (guard == 0)
		return;
	kill(guard, SIGKILL);
	while (waitpid(guard, NULL, 0) < 0 && errno == EINTR)
		continue;
}

#else

pid_t
kit_guard_begin(pid_t group)
{
	(void)group;
	return 0;
}

void
kit_guard_renew(pid_t *guard, pid_t group)
{
	(void)guard;
	(void)group;
}

void
kit_guard_end(pid_t guard)
{
	(void)guard;
}

#endif
