#include "platform/standard.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/error.h"

void
standard_open(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
}

long
standard_read(void *data, size_t size)
{
	ssize_t n;

	do
		n = read(STDIN_FILENO, data, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? posix_err(errno) : n;
}

int
standard_write(const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	while (len > 0) {
		n = write(STDOUT_FILENO, at, len);
		if (n < 0 && errno != EINTR)
			return posix_err(errno);
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return 0;
}
