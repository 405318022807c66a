#include "streamer-supervisor/painter/posix/pipe.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "common/err.h"

#define READ_BYTES 16384

int
pipe_read(struct buf *in, int wait_ms)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char data[READ_BYTES];
	ssize_t n;
	int rc;

	if (poll(&p, 1, wait_ms) <= 0)
		return 0;
	n = read(STDIN_FILENO, data, sizeof(data));
	if (n < 0)
		return errno == EINTR ? 0 : ERR_IO;
	if (n == 0)
		return ERR_END;
	rc = buf_put(in, data, (size_t)n);
	return rc < 0 ? rc : 1;
}

int
pipe_write(const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	while (len > 0) {
		n = write(STDOUT_FILENO, at, len);
		if (n < 0 && errno != EINTR)
			return ERR_CLOSED;
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return 0;
}
