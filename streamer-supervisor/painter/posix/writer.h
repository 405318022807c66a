/* Is somebody still writing a file? Asks the system's notices of the file
 * (inotify), which tell whether who changed it has closed it since. */
#ifndef STREAMER_SUPERVISOR_PAINTER_POSIX_WRITER_H
#define STREAMER_SUPERVISOR_PAINTER_POSIX_WRITER_H

#include <stdbool.h>
#include <sys/stat.h>

struct writer {
	int fd;    /* of the notices; -1: there are none */
	int watch; /* in it */
	dev_t dev; /* of the file that is watched */
	ino_t ino;
	bool is_writing;
};

void writer_init(struct writer *w);
void writer_done(struct writer *w);

/* Has the file at `path`, which is `now`, been changed by somebody who has not
 * closed it? False where that cannot be told: of a change that came before the
 * first look at that file, of a file system of another machine. */
bool writer_look(struct writer *w, const char *path, const struct stat *now);

#endif
