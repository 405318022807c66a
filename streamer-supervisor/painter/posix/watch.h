/*
 * A file that may be replaced while it is in use: by a rename, in place, or
 * bit by bit. What it holds is taken when nobody writes it any more, and it has
 * stood still from one look to the next; or for long, for some programs never
 * close what they write. Its folder may hang; then so does the caller.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_POSIX_WATCH_H
#define STREAMER_SUPERVISOR_PAINTER_POSIX_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "streamer-supervisor/painter/posix/writer.h"

#define WATCH_WHY_MAX 64

struct watch {
	const char *path; /* the caller's; NULL: there is no file to watch */
	size_t max;       /* bytes of it that are read */
	struct stat seen; /* at the last look */
	struct stat read; /* when it was read, and stood still */
	/* Looks in a row at which it was another, or not. */
	unsigned restless, still;
	struct writer writer;
	bool is_failing;
	char *text; /* what was read last, terminated; NULL: nothing yet */
	size_t len;
	char why[WATCH_WHY_MAX]; /* it cannot be read */
};

enum watch_news { WATCH_SAME, WATCH_CHANGED, WATCH_FAILED };

void watch_init(struct watch *w, const char *path, size_t max);
void watch_done(struct watch *w);

/* Looks at the file. WATCH_CHANGED: `text` is new. WATCH_FAILED, once until it
 * can be read again: `why` says what is wrong, and `text` is what it was. */
enum watch_news watch_look(struct watch *w);

/* Is it one file, and was it not written, between the two looks? */
bool watch_is_same_file(const struct stat *a, const struct stat *b);

#endif
