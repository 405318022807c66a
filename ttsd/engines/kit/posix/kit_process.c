/* POSIX side of kit_process.h. */
#include "ttsd/engines/kit/kit_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err.h"
#include "common/log.h"
#include "platform/posix/program.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_complaint.h"
#include "ttsd/engines/kit/kit_input.h"
#include "ttsd/engines/kit/kit_io.h"
#include "ttsd/engines/kit/posix/kit_guard.h"
#include "ttsd/engines/kit/posix/kit_posix.h"

/* After its end, its output may stay open this long (somebody holds it); after
 * the end of its output, it may live this long. */
#define LINGER_MS 2000
/* Between asking it to end and making it. */
#define ASK_MS 200
#define MS 1000000
#define PATH_BYTES 4096

enum { TO, FROM, ERRORS, PIPES };

struct kit_process {
	pid_t pid;
	pid_t guard;   /* 0: none */
	int fd[PIPES]; /* our ends, -1 when closed */
	const uint8_t *input;
	size_t left;
	bool ended;       /* it is a zombie, to be reaped */
	int64_t ended_ns; /* when that was seen */
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

static int
kit_process_spawn(struct kit_process *p, const char *path, char *const argv[])
{
	int pipes[PIPES + 1][2], made, i, rc = 0;
	pid_t self = getpid();

	for (made = 0; made <= PIPES && rc == 0; made++)
		rc = make_pipe(pipes[made]);
	if (rc < 0)
		made--; /* the last one failed */
	if (rc == 0) {
		p->pid = fork();
		rc = p->pid < 0 ? posix_err(errno) : 0;
	}
	if (rc == 0 && p->pid == 0)
		spawn_become(&(struct spawn){ .path = path,
		    .argv = (const char *const *)argv,
		    .env = environ,
		    .standard = { pipes[TO][0], pipes[FROM][1],
			pipes[ERRORS][1] },
		    .report = pipes[PIPES][1],
		    .parent = self });
	if (rc == 0) {
		setpgid(p->pid, p->pid); /* whichever comes first */
		close_fd(&pipes[PIPES][1]);
		p->guard = kit_guard_begin(p->pid);
		rc = await_exec(pipes[PIPES][0]);
		if (rc < 0) {
			kit_guard_end(p->guard);
			waitpid(p->pid, NULL, 0);
		}
	}
	if (rc == 0) {
		p->fd[TO] = pipes[TO][1];
		p->fd[FROM] = pipes[FROM][0];
		p->fd[ERRORS] = pipes[ERRORS][0];
		pipes[TO][1] = pipes[FROM][0] = pipes[ERRORS][0] = -1;
	}
	for (i = 0; i < made; i++) {
		close_fd(&pipes[i][0]);
		close_fd(&pipes[i][1]);
	}
	return rc;
}

int
kit_process_start(
    struct kit_process **out, char *const argv[], const void *input, size_t len)
{
	const char *base = strrchr(argv[0], '/');
	char path[PATH_BYTES];
	struct kit_process *p;
	int rc, i;

	*out = NULL;
	rc = program_find(path, sizeof(path), argv[0]);
	if (rc != 0)
		return posix_err(rc);
	kit_complaint_begin(base ? base + 1 : argv[0]);
	rc = watch_children();
	if (rc < 0)
		return rc;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return ERR_NOMEM;
	p->input = input;
	p->left = len;
	rc = kit_process_spawn(p, path, argv);
	if (rc < 0) {
		free(p);
		return rc;
	}
	for (i = 0; i < PIPES; i++)
		set_nonblocking(p->fd[i]);
	*out = p;
	return 0;
}

static void
take_errors(struct kit_process *p)
{
	char chunk[4096];
	ssize_t n = read(p->fd[ERRORS], chunk, sizeof(chunk));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		kit_complaint_put(chunk, (size_t)n);
	} else {
		kit_complaint_end();
		close_fd(&p->fd[ERRORS]);
	}
}

/* A program need not read its input: a closed pipe is no failure. */
static void
kit_process_feed(struct kit_process *p)
{
	ssize_t n = 0;

	if (p->left > 0)
		n = write(p->fd[TO], p->input, p->left);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n >= 0) {
		p->input += n;
		p->left -= (size_t)n;
	}
	if (n < 0 || p->left == 0)
		close_fd(&p->fd[TO]);
}

/* Looks, but leaves the zombie: as long as it is there, its process group
 * cannot be anybody else's. */
static void
look_for_end(struct kit_process *p)
{
	siginfo_t info = { 0 };
	char drain[64];

	while (read(wake[0], drain, sizeof(drain)) > 0)
		continue;
	if (p->ended)
		return;
	kit_guard_renew(&p->guard, p->pid);
	if (waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return;
	if (info.si_pid != p->pid)
		return;
	p->ended = true;
	p->ended_ns = io_now_ns();
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

/* Serves everything but the output. Returns true when the output is ready. */
static bool
kit_process_pump(struct kit_process *p, int timeout_ms)
{
	struct pollfd set[POLL_COUNT] = {
		[POLL_TO] = { p->fd[TO], POLLOUT, 0 },
		[POLL_FROM] = { p->fd[FROM], POLLIN, 0 },
		[POLL_ERRORS] = { p->fd[ERRORS], POLLIN, 0 },
		[POLL_WAKE] = { wake[0], POLLIN, 0 },
		/* Only to wake up; kit_wanted() reads and judges. */
		[POLL_INPUT] = { posix_input_fd(), 0, 0 },
		[POLL_OUTPUT] = { posix_output_fd(), 0, 0 },
	};

	if (!kit_input_full())
		set[POLL_INPUT].events = POLLIN;

	if (poll(set, POLL_COUNT, timeout_ms) < 0)
		return false;
	if (set[POLL_TO].revents)
		kit_process_feed(p);
	if (set[POLL_ERRORS].revents)
		take_errors(p);
	if (set[POLL_WAKE].revents)
		look_for_end(p);
	return set[POLL_FROM].revents != 0;
}

/* Milliseconds until `at_ns`, rounded up, for poll(). */
static int
ms_until(int64_t at_ns)
{
	int64_t left = at_ns - io_now_ns();

	if (left <= 0)
		return 0;
	return left > (int64_t)INT32_MAX * MS ? INT32_MAX
					      : (int)((left + MS - 1) / MS);
}

long
kit_process_read(
    struct kit_process *p, void *data, size_t cap, unsigned timeout_ms)
{
	int64_t start = io_now_ns(), until = start + (int64_t)timeout_ms * MS;
	int64_t at;
	ssize_t n;

	for (;;) {
		if (kit_wanted() < 0)
			return ERR_CLOSED;
		at = timeout_ms ? until : INT64_MAX;
		if (p->ended && p->ended_ns + LINGER_MS * (int64_t)MS < at)
			at = p->ended_ns + LINGER_MS * (int64_t)MS;
		if (kit_process_pump(p, at == INT64_MAX ? -1 : ms_until(at))) {
			n = read(p->fd[FROM], data, cap);
			if (n >= 0)
				return n;
			if (errno != EAGAIN && errno != EINTR)
				return posix_err(errno);
		} else if (io_now_ns() >= at) {
			/* What it left behind holds its output open. */
			return p->ended ? 0 : ERR_TIMEOUT;
		}
	}
}

/* Kills what is left of the group, reaps the leader, frees. */
static int
kit_process_release(struct kit_process *p)
{
	int status = 0, i;

	kill(-p->pid, SIGKILL);
	kit_guard_end(p->guard);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	for (i = 0; i < 100 && p->fd[ERRORS] >= 0; i++)
		take_errors(p);
	kit_complaint_end();
	for (i = 0; i < PIPES; i++)
		close_fd(&p->fd[i]);
	free(p);
	return status;
}

int
kit_process_finish(struct kit_process *p, struct kit_process_end *end)
{
	int64_t until = io_now_ns() + LINGER_MS * (int64_t)MS;
	int status, left;

	*end = (struct kit_process_end){ 0 };
	close_fd(&p->fd[TO]);
	close_fd(&p->fd[FROM]);
	look_for_end(p);
	while (!p->ended && (left = ms_until(until)) > 0) {
		if (kit_wanted() < 0) {
			kit_process_kill(p);
			return ERR_CLOSED;
		}
		kit_process_pump(p, left);
	}
	end->killed = !p->ended;
	status = kit_process_release(p);
	end->signaled = WIFSIGNALED(status);
	end->number = end->signaled ? WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}

void
kit_process_kill(struct kit_process *p)
{
	int64_t until;
	int left;

	if (p == NULL)
		return;
	/* Cancelled, it may tidy up; at the end of everything there is no
	 * time for that. */
	if (!kit_input_ended()) {
		kill(-p->pid, SIGTERM);
		until = io_now_ns() + ASK_MS * (int64_t)MS;
		close_fd(&p->fd[TO]);
		close_fd(&p->fd[FROM]);
		look_for_end(p);
		while (!p->ended && !kit_input_ended() &&
		       (left = ms_until(until)) > 0) {
			kit_process_pump(p, left);
			kit_wanted();
		}
	}
	kit_process_release(p);
}
