#include "platform/posix/copy.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/posix/posix.h"

struct process_sink {
	int fd;
};

int
process_put(struct process_sink *to, const void *data, size_t len)
{
	return posix_write(to->fd, data, len);
}

void
copy_run(const struct process_copy *copy, struct spawn *s, bool program)
{
	struct process_sink to = { .fd = 1 };

	if (dup2(s->standard[1], 1) < 0 || dup2(s->standard[2], 2) < 0)
		_exit(1);
	s->standard[1] = 1;
	s->standard[2] = 2;
	/* Peers of ours would wait for the end of what is closed there, and
	 * still open here. */
	spawn_close(3, s->report);
	/* A file of memory alone. */
	if (program)
		to.fd = s->standard[0] = memfd_create("input", MFD_CLOEXEC);
	if (copy->work(copy->arg, &to) < 0)
		_exit(1);
	if (!program)
		_exit(0);
	lseek(to.fd, 0, SEEK_SET);
}
