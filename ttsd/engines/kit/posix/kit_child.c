/* POSIX side of kit_child.h. */
#include "ttsd/engines/kit/kit_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/program.h"
#include "ttsd/engines/kit/kit_complaint.h"
#include "ttsd/engines/kit/kit_input.h"
#include "ttsd/engines/kit/posix/kit_guard.h"
#include "ttsd/engines/kit/posix/kit_posix.h"

#define PATH_BYTES 4096

enum { TO, FROM, ERRORS, PIPES };

struct kit_child {
	pid_t pid;
	struct kit_guard guard;
	int fd[PIPES]; /* our ends, -1 when closed */
	const uint8_t *input;
	size_t left;
	bool ended; /* it is a zombie, to be reaped */
};

/* Written to by the handler of SIGCHLD, so that poll() wakes. */
static int wake[2] = { -1, -1 };

static void
on_child(int number)
{
	int saved = errno;

	(void)number;
	if (write(wake[1], "", 1) < 0) {
		/* full: it will wake up anyway */
	}
	errno = saved;
}

static int
make_pipe(int fd[2])
{
	if (pipe(fd) < 0)
		return posix_err(errno);
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

static void
set_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static int
watch_children(void)
{
	struct sigaction act = { .sa_handler = on_child };
	int rc;

	if (wake[0] >= 0)
		return 0;
	rc = make_pipe(wake);
	if (rc < 0)
		return rc;
	set_nonblocking(wake[0]);
	set_nonblocking(wake[1]);
	act.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	sigaction(SIGCHLD, &act, NULL);
	return 0;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The errno of a failed exec comes through a pipe that a good one closes. */
static int
await_exec(int fd)
{
	int number = 0;
	ssize_t n;

	do
		n = read(fd, &number, sizeof(number));
	while (n < 0 && errno == EINTR);
	return n == sizeof(number) ? posix_err(number) : 0;
}

static _Noreturn void
kit_child_become(
    const char *path, char *const argv[], pid_t parent, int pipes[PIPES + 1][2])
{
	struct spawn s = { .path = path,
		.argv = (const char *const *)argv,
		.env = environ,
		.standard = { pipes[TO][0], pipes[FROM][1], pipes[ERRORS][1] },
		.report = pipes[PIPES][1],
		.parent = parent,
		.life = -1 };

	spawn_be_child(&s);
	spawn_become(&s);
}

static int
kit_child_spawn(struct kit_child *c, const char *path, char *const argv[])
{
	int pipes[PIPES + 1][2], made, i, rc = 0;
	pid_t self = getpid();

	for (made = 0; made <= PIPES && rc == 0; made++)
		rc = make_pipe(pipes[made]);
	if (rc < 0)
		made--; /* the last one failed */
	if (rc == 0) {
		c->pid = fork();
		rc = c->pid < 0 ? posix_err(errno) : 0;
	}
	if (rc == 0 && c->pid == 0)
		kit_child_become(path, argv, self, pipes);
	if (rc == 0) {
		setpgid(c->pid, c->pid); /* whichever comes first */
		close_fd(&pipes[PIPES][1]);
		kit_guard_begin(&c->guard, c->pid);
		rc = await_exec(pipes[PIPES][0]);
		if (rc < 0) {
			kit_guard_end(&c->guard);
			waitpid(c->pid, NULL, 0);
		}
	}
	if (rc == 0) {
		c->fd[TO] = pipes[TO][1];
		c->fd[FROM] = pipes[FROM][0];
		c->fd[ERRORS] = pipes[ERRORS][0];
		pipes[TO][1] = pipes[FROM][0] = pipes[ERRORS][0] = -1;
	}
	for (i = 0; i < made; i++) {
		close_fd(&pipes[i][0]);
		close_fd(&pipes[i][1]);
	}
	return rc;
}

int
kit_child_start(
    struct kit_child **out, char *const argv[], const void *input, size_t len)
{
	char path[PATH_BYTES];
	struct kit_child *c;
	int rc, i;

	*out = NULL;
	rc = program_find(path, sizeof(path), argv[0]);
	if (rc != 0)
		return posix_err(rc);
	rc = watch_children();
	if (rc < 0)
		return rc;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return ERR_NOMEM;
	c->input = input;
	c->left = len;
	rc = kit_child_spawn(c, path, argv);
	if (rc < 0) {
		free(c);
		return rc;
	}
	for (i = 0; i < PIPES; i++)
		set_nonblocking(c->fd[i]);
	*out = c;
	return 0;
}

static void
take_errors(struct kit_child *c)
{
	char chunk[4096];
	ssize_t n = read(c->fd[ERRORS], chunk, sizeof(chunk));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		kit_complaint_put(chunk, (size_t)n);
	} else {
		kit_complaint_end();
		close_fd(&c->fd[ERRORS]);
	}
}

/* A program need not read its input: a closed pipe is no failure. */
static void
kit_child_feed(struct kit_child *c)
{
	ssize_t n = 0;

	if (c->left > 0)
		n = write(c->fd[TO], c->input, c->left);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n >= 0) {
		c->input += n;
		c->left -= (size_t)n;
	}
	if (n < 0 || c->left == 0)
		close_fd(&c->fd[TO]);
}

/* Looks, but leaves the zombie: as long as it is there, its process group
 * cannot be anybody else's. */
static void
look_for_end(struct kit_child *c)
{
	siginfo_t info = { 0 };
	char drain[64];

	while (read(wake[0], drain, sizeof(drain)) > 0)
		continue;
	if (c->ended)
		return;
	kit_guard_renew(&c->guard, c->pid);
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return;
	if (info.si_pid != c->pid)
		return;
	c->ended = true;
}

enum {
	POLL_TO,
	POLL_FROM,
	POLL_ERRORS,
	POLL_WAKE,
	POLL_INPUT,
	POLL_OUTPUT,
	POLL_COUNT
};

bool
kit_child_serve(struct kit_child *c, int timeout_ms)
{
	struct pollfd set[POLL_COUNT] = {
		[POLL_TO] = { c->fd[TO], POLLOUT, 0 },
		[POLL_FROM] = { c->fd[FROM], POLLIN, 0 },
		[POLL_ERRORS] = { c->fd[ERRORS], POLLIN, 0 },
		[POLL_WAKE] = { wake[0], POLLIN, 0 },
		/* This one only wakes us up; kit_wanted() reads and judges. */
		[POLL_INPUT] = { posix_input_fd(), 0, 0 },
		[POLL_OUTPUT] = { posix_output_fd(), 0, 0 },
	};

	if (!kit_input_full())
		set[POLL_INPUT].events = POLLIN;

	if (poll(set, POLL_COUNT, timeout_ms) < 0)
		return false;
	if (set[POLL_TO].revents)
		kit_child_feed(c);
	if (set[POLL_ERRORS].revents)
		take_errors(c);
	if (set[POLL_WAKE].revents)
		look_for_end(c);
	return set[POLL_FROM].revents != 0;
}

long
kit_child_read(struct kit_child *c, void *data, size_t cap)
{
	ssize_t n = read(c->fd[FROM], data, cap);

	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? ERR_AGAIN : posix_err(errno);
}

void
kit_child_close(struct kit_child *c)
{
	close_fd(&c->fd[TO]);
	close_fd(&c->fd[FROM]);
}

bool
kit_child_has_ended(const struct kit_child *c)
{
	return c->ended;
}

bool
kit_child_ask(struct kit_child *c)
{
	kill(-c->pid, SIGTERM);
	return true;
}

void
kit_child_free(struct kit_child *c, struct kit_process_end *end)
{
	int status = 0, i;

	kill(-c->pid, SIGKILL);
	kit_guard_end(&c->guard);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	for (i = 0; i < 100 && c->fd[ERRORS] >= 0; i++)
		take_errors(c);
	for (i = 0; i < PIPES; i++)
		close_fd(&c->fd[i]);
	free(c);
	*end = (struct kit_process_end){ .signaled = WIFSIGNALED(status) };
	end->number = end->signaled ? WTERMSIG(status) : WEXITSTATUS(status);
}
