#include "platform/client.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "common/err.h"

bool
client_output_is_terminal(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

static int
terminal_size(int fd, unsigned *columns, unsigned *rows)
{
	struct winsize size;

	*columns = *rows = 0;
	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 ||
	    size.ws_row == 0)
		return ERR_NOT_FOUND;
	*columns = size.ws_col;
	*rows = size.ws_row;
	return 0;
}

int
client_terminal_size(unsigned *columns, unsigned *rows)
{
	return terminal_size(STDOUT_FILENO, columns, rows);
}

int
client_error_columns(unsigned *columns)
{
	unsigned rows;

	return terminal_size(STDERR_FILENO, columns, &rows);
}

/* ---- the screen -------------------------------------------------------- */

static const int leaving[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
static const char *screen_enter, *screen_leave;

static void
write_all(int fd, const char *text)
{
	/* A terminal that is gone needs nothing. */
	if (write(fd, text, strlen(text)) < 0)
		return;
}

/* The keyboard as it was before us. */
static struct termios keys_before;
static bool keys_taken;

/* A read then gives what was typed, or nothing at once. */
static void
keys_take(void)
{
	struct termios ours;

	if (tcgetattr(STDIN_FILENO, &keys_before) < 0)
		return;
	ours = keys_before;
	ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	ours.c_cc[VMIN] = ours.c_cc[VTIME] = 0;
	keys_taken = tcsetattr(STDIN_FILENO, TCSANOW, &ours) == 0;
}

static void
keys_give_back(void)
{
	if (keys_taken)
		tcsetattr(STDIN_FILENO, TCSANOW, &keys_before);
	keys_taken = false;
}

char
client_screen_key(void)
{
	char key;

	return keys_taken && read(STDIN_FILENO, &key, 1) == 1 ? key : 0;
}

static void screen_signals(void (*handler)(int));

/* Does nothing but what signal-safety(7) allows. Returns only when the user
 * has let us go on after a stop. */
static void
leave_by_signal(int signum)
{
	int saved = errno;

	write_all(STDOUT_FILENO, screen_leave);
	keys_give_back();
	signal(signum, SIG_DFL);
	raise(signum);
	screen_signals(leave_by_signal);
	keys_take();
	write_all(STDOUT_FILENO, screen_enter);
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
	keys_take();
	write_all(STDOUT_FILENO, enter);
}

void
client_screen_leave(void)
{
	write_all(STDOUT_FILENO, screen_leave);
	keys_give_back();
	screen_signals(SIG_DFL);
}

/* ---- last words -------------------------------------------------------- */

static const char *volatile last_words;

/* Does nothing but what signal-safety(7) allows. */
static void
end_by_signal(int signum)
{
	const char *text = last_words;

	signal(signum, SIG_DFL);
	if (text)
		write_all(STDERR_FILENO, text);
	raise(signum);
}

void
client_last_words(const char *text)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler =
					text ? end_by_signal : SIG_DFL,
		.sa_flags = SA_NODEFER | SA_RESTART };
	size_t i;

	last_words = text;
	for (i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		sigaction(ending[i], &action, NULL);
}

void
client_default_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}
