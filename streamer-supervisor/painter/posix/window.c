#include "streamer-supervisor/painter/posix/window.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/err.h"

int
window_open(struct two_frames *t, const char *name)
{
	size_t bytes = two_frames_size(t->frame_bytes);
	struct stat st;
	void *memory;
	char end;
	int fd;

	if (sscanf(name, "%d%c", &fd, &end) != 1 || fstat(fd, &st) < 0 ||
	    st.st_size != (off_t)bytes)
		return ERR_INVALID;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return ERR_NOMEM;
	t->memory = memory;
	return 0;
}
