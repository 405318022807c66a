#include "platform/posix/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static void
usual_signals(void)
{
	static const int defaults[] = { SIGPIPE, SIGINT, SIGTERM, SIGHUP,
		SIGCHLD };
	sigset_t none;
	size_t i;

	for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		signal(defaults[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
spawn_be_child(const struct spawn *s)
{
	setpgid(0, 0);
	usual_signals();
	spawn_die_with(s->parent, s->life);
}

void
spawn_close(int first, int kept)
{
#ifdef CLOSE_RANGE_CLOEXEC
	if (kept > first)
		close_range((unsigned)first, (unsigned)kept - 1, 0);
	close_range((unsigned)kept + 1, ~0u, 0);
#else
	int i, most = (int)sysconf(_SC_OPEN_MAX);

	for (i = first; i < most; i++)
		if (i != kept)
			close(i);
#endif
}

/* It does only what POSIX allows between fork and exec. */
void
spawn_become(const struct spawn *s)
{
	int number;

#ifdef CLOSE_RANGE_CLOEXEC
	/* Ours are marked already; this is for what our parent left open. */
	close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
#endif
	if (s->kept > 0)
		fcntl(s->kept, F_SETFD, 0);
	errno = s->error;
	if (errno == 0 && dup2(s->standard[0], 0) >= 0 &&
	    dup2(s->standard[1], 1) >= 0 && dup2(s->standard[2], 2) >= 0)
		execve(s->path, (char *const *)s->argv, s->env);
	number = errno;
	if (write(s->report, &number, sizeof(number)) < 0)
		_exit(126);
	_exit(127);
}
