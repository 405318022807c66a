/* POSIX side of kit_io.h. */
#include "ttsd/engines/kit/kit_io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/err.h"
#include "common/log.h"
#include "ttsd/engines/kit/posix/kit_posix.h"

#define DEAF_SECONDS 300

static int in_fd = -1, out_fd = -1;

int
posix_input_fd(void)
{
	return in_fd;
}

int
posix_output_fd(void)
{
	return out_fd;
}

/* One write, so that lines of several processes do not mix. */
static void
log_to_stderr(enum log_level level, const char *line)
{
	char out[LOG_LINE_MAX + 16];
	int len;

	len =
	    snprintf(out, sizeof(out), "%s: %s\n", log_level_name(level), line);
	if (len < 0 || (size_t)len >= sizeof(out))
		return;
	if (write(STDERR_FILENO, out, (size_t)len) < 0)
		return; /* nobody listens; there is no better place to say so */
}

static int
set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return posix_err(errno);
	return 0;
}

int
io_open(void)
{
	int null_fd;

	log_init(log_to_stderr, LOG_INFO);
	signal(SIGPIPE, SIG_IGN);
	in_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	out_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (in_fd < 0 || out_fd < 0 || null_fd < 0)
		return posix_err(errno);
	/* dup2() leaves its copy open across exec, as 0, 1 and 2 have to be. */
	if (dup2(null_fd, STDIN_FILENO) < 0)
		return posix_err(errno);
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		dup2(null_fd, STDOUT_FILENO); /* started without stderr */
	close(null_fd);
	return set_nonblocking(out_fd);
}

int
io_wait(unsigned want, int timeout_ms)
{
	struct pollfd p[2] = { { .fd = in_fd }, { .fd = out_fd } };
	int ready = 0, rc;

	if (want & IO_IN)
		p[0].events = POLLIN;
	if (want & IO_OUT)
		p[1].events = POLLOUT;
	rc = poll(p, 2, timeout_ms);
	if (rc < 0)
		return errno == EINTR ? 0 : posix_err(errno);
	if (p[1].revents & (POLLERR | POLLNVAL))
		return IO_GONE;
	if (p[1].revents & POLLOUT)
		ready |= IO_OUT;
	/* POLLHUP comes at the end of file, with POLLIN or alone; while there
	 * is no room for more input it is all that can be seen. */
	if (p[0].revents && (want & IO_IN))
		ready |= IO_IN;
	else if (p[0].revents)
		ready |= IO_GONE;
	return ready;
}

long
io_read(void *data, size_t cap)
{
	ssize_t n = read(in_fd, data, cap);

	if (n >= 0)
		return n;
	if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
		return ERR_AGAIN;
	return posix_err(errno);
}

long
io_write(const void *data, size_t len)
{
	ssize_t n = write(out_fd, data, len);

	if (n >= 0)
		return n;
	if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
		return ERR_AGAIN;
	return posix_err(errno);
}

int64_t
io_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void *
io_shared(size_t len)
{
	void *mem = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return mem == MAP_FAILED ? NULL : mem;
}

/* Is it a signal that a process brings upon itself, and nobody else? */
static bool
is_crash(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGFPE ||
	       number == SIGILL || number == SIGABRT || number == SIGSYS ||
	       number == SIGTRAP;
}

int
io_isolate(int (*body)(void *ctx), void *ctx, int *crash)
{
	pid_t self = getpid(), pid;
	int status;

	pid = fork();
	if (pid < 0)
		return posix_err(errno);
	if (pid == 0) {
		/* Elsewhere than on Linux it ends with the engine's group. */
		spawn_die_with(self, -1);
		/* No exit handlers: they belong to the original. */
		_exit(body(ctx) & 0xff);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return posix_err(errno);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	*crash = WTERMSIG(status);
	if (!is_crash(*crash))
		io_die_of(*crash);
	return IO_CRASHED;
}

void
io_die_of(int number)
{
	signal(number, SIG_DFL);
	raise(number);
	_exit(128 + number);
}

void
io_set_variable(const char *name, const char *value)
{
	setenv(name, value, 1);
}

void
io_crash(void)
{
	raise(SIGKILL);
	abort();
}

void
io_deaf(void)
{
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGALRM, SIG_DFL);
	alarm(DEAF_SECONDS);
}

void
io_stop(void)
{
	for (;;)
		pause();
}
