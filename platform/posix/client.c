#include "platform/client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/err.h"

bool
client_output_is_terminal(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

int
client_terminal_size(unsigned *columns, unsigned *rows)
{
	struct winsize size;

	*columns = *rows = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 ||
	    size.ws_row == 0)
		return ERR_NOT_FOUND;
	*columns = size.ws_col;
	*rows = size.ws_row;
	return 0;
}

/* ---- the screen -------------------------------------------------------- */

static const int leaving[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
static const char *screen_enter, *screen_leave;

static void
screen_write(const char *text)
{
	/* A terminal that is gone needs nothing. */
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		return;
}

static void screen_signals(void (*handler)(int));

/* Does nothing but what signal-safety(7) allows. Returns only when the user
 * has let us go on after a stop. */
static void
leave_by_signal(int signum)
{
	int saved = errno;

	screen_write(screen_leave);
	signal(signum, SIG_DFL);
	raise(signum);
	screen_signals(leave_by_signal);
	screen_write(screen_enter);
	errno = saved;
}

static void
screen_signals(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler,
		.sa_flags = SA_NODEFER | SA_RESTART };
	size_t i;

	for (i = 0; i < sizeof(leaving) / sizeof(leaving[0]); i++)
		sigaction(leaving[i], &action, NULL);
}

void
client_screen_enter(const char *enter, const char *leave)
{
	screen_enter = enter;
	screen_leave = leave;
	screen_signals(leave_by_signal);
	screen_write(enter);
}

void
client_screen_leave(void)
{
	screen_write(screen_leave);
	screen_signals(SIG_DFL);
}

/* ---- the system -------------------------------------------------------- */

static int
print_dir(char *out, size_t size, const char *parent, const char *name)
{
	int n = snprintf(out, size, "%s%s", parent, name);

	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}

/* Where platform/posix/path.c puts them, whoever started the daemons. */
int
client_runtime_dir(unsigned index, char *out, size_t size)
{
	const char *named = getenv("RUNTIME_DIRECTORY");
	const char *session = getenv("XDG_RUNTIME_DIR");
	const char *temporary = getenv("TMPDIR");
	unsigned at = 0;
	char own[32];

	if (named && named[0])
		return index == 0 ? print_dir(out, size, named, "")
				  : ERR_NOT_FOUND;
	if (session && session[0] && index == at++)
		return print_dir(out, size, session, "/ttsd");
	if (geteuid() != 0 && index == at++) {
		snprintf(own, sizeof(own), "/ttsd-%u", (unsigned)geteuid());
		return print_dir(out, size,
		    temporary && temporary[0] ? temporary : "/tmp", own);
	}
	return index == at ? print_dir(out, size, "/run", "/ttsd")
			   : ERR_NOT_FOUND;
}

void
client_default_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}
