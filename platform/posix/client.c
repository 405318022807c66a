#include "platform/client.h"

#include <errno.h>
#include <signal.h>
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

void
client_default_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}
