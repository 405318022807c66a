#include "platform/standard.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

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
	return posix_write(STDOUT_FILENO, data, len);
}
