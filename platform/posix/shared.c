/* Memory that a child maps by the number of its descriptor. Nobody can make it
 * shorter: who touches what is gone is killed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

struct shared {
	int fd;
	size_t bytes;
	void *memory;
	char name[16];
};

#ifdef MFD_ALLOW_SEALING
static int
memory_open(size_t bytes)
{
	int fd = memfd_create("ttsd", MFD_CLOEXEC | MFD_ALLOW_SEALING), moved;

	/* The numbers below 3 are a child's own. */
	if (fd >= 0 && fd < 3) {
		moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		close(fd);
		fd = moved;
	}
	/* All of it is there from now on: later nobody could be told that it is
	 * not. */
	if (fd >= 0 &&
	    (fallocate(fd, 0, 0, (off_t)bytes) < 0 ||
		fcntl(fd, F_ADD_SEALS,
		    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}
#else
static int
memory_open(size_t bytes)
{
	(void)bytes;
	errno = ENOSYS;
	return -1;
}
#endif

int
shared_new(size_t bytes, struct shared **out)
{
	struct shared *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	s->bytes = bytes;
	s->memory = MAP_FAILED;
	s->fd = memory_open(bytes);
	if (s->fd >= 0)
		s->memory = mmap(
		    NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	if (s->memory == MAP_FAILED) {
		rc = errno == ENOMEM ? ERR_NOMEM : ERR_UNSUPPORTED;
		shared_free(s);
		return rc;
	}
	snprintf(s->name, sizeof(s->name), "%d", s->fd);
	*out = s;
	return 0;
}

void
shared_free(struct shared *s)
{
	if (s == NULL)
		return;
	if (s->memory != MAP_FAILED)
		munmap(s->memory, s->bytes);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

void *
shared_memory(const struct shared *s)
{
	return s->memory;
}

const char *
shared_name(const struct shared *s)
{
	return s->name;
}

int
shared_descriptor(const struct shared *s)
{
	return s ? s->fd : -1;
}
