#include "platform/posix/systemd/activation.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/log.h"

#define FIRST 3
#define COUNT_MAX 64

/* What was passed and not taken yet; -1: taken. */
static struct {
	bool read;
	int count, fds[COUNT_MAX];
} passed;

/* A successor in this same process has no second claim to them. */
static void
read_passed(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int n = fds ? atoi(fds) : 0, i;

	passed.read = true;
	if (pid && strtol(pid, NULL, 10) == (long)getpid() && n > 0)
		passed.count = n < COUNT_MAX ? n : COUNT_MAX;
	for (i = 0; i < passed.count; i++) {
		passed.fds[i] = FIRST + i;
		fcntl(FIRST + i, F_SETFD, FD_CLOEXEC);
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

/* Writes where it listens; "" where that is no file, or it does not. */
static void
find_path(int fd, struct sockaddr_un *out)
{
	socklen_t size = sizeof(*out) - 1, int_size = sizeof(int);
	int listens = 0;

	memset(out, 0, sizeof(*out));
	if (getsockname(fd, (struct sockaddr *)out, &size) < 0 ||
	    out->sun_family != AF_UNIX ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &int_size) <
		0 ||
	    !listens)
		out->sun_path[0] = '\0';
}

int
activation_take(const char *path)
{
	struct sockaddr_un at;
	int i, fd;

	if (!passed.read)
		read_passed();
	for (i = 0; i < passed.count; i++) {
		fd = passed.fds[i];
		find_path(fd, &at);
		if (fd < 0 || at.sun_path[0] == '\0' ||
		    strcmp(at.sun_path, path) != 0)
			continue;
		passed.fds[i] = -1;
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		return fd;
	}
	return -1;
}

void
activation_settle(void)
{
	struct sockaddr_un at;
	int i;

	if (!passed.read)
		read_passed();
	for (i = 0; i < passed.count; i++) {
		if (passed.fds[i] < 0)
			continue;
		find_path(passed.fds[i], &at);
		log_warning("socket=%s was passed by the service manager, and "
			    "is none of this daemon's: correct ListenStream= "
			    "of its socket unit",
		    log_quote(at.sun_path));
		close(passed.fds[i]);
	}
	passed.count = 0;
}
