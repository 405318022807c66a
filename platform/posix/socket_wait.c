#include "platform/socket_wait.h"

#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/platform.h"

static int
wait_ms(int64_t until_ns)
{
	int64_t left = until_ns - clock_now_ns();

	if (left <= 0)
		return 0;
	return left > 60 * NS_PER_S ? 60000
				    : (int)((left + NS_PER_MS - 1) / NS_PER_MS);
}

unsigned
socket_wait(int fd, unsigned wanted, int64_t until_ns)
{
	struct pollfd at[2] = { { .fd = wanted & SOCKET_INPUT ? STDIN_FILENO
							      : -1,
				    .events = POLLIN },
		{ .fd = wanted & (SOCKET_READ | SOCKET_WRITE) ? fd : -1 } };
	unsigned ready = 0;

	at[1].events = (short)((wanted & SOCKET_READ ? POLLIN : 0) |
			       (wanted & SOCKET_WRITE ? POLLOUT : 0));
	if (poll(at, 2, wait_ms(until_ns)) <= 0)
		return 0;
	if (at[0].revents)
		ready |= SOCKET_INPUT;
	if (at[1].revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL))
		ready |= wanted & SOCKET_READ;
	if (at[1].revents & (POLLOUT | POLLERR | POLLHUP | POLLNVAL))
		ready |= wanted & SOCKET_WRITE;
	return ready;
}

void
socket_cut(int fd)
{
	shutdown(fd, SHUT_RDWR);
}

const char *
socket_error_text(int error)
{
	return strerror(error);
}

void
memory_bound(size_t bytes)
{
	struct rlimit none = { 0, 0 };
#ifndef __SANITIZE_ADDRESS__
	struct rlimit space = { bytes, bytes };

	setrlimit(RLIMIT_AS, &space);
#else
	(void)bytes;
#endif
	setrlimit(RLIMIT_CORE, &none);
}
