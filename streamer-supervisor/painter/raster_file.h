/*
 * A picture file that is watched, and read when it is another. What takes long
 * to read is read on a thread of its own, so that scenes are answered
 * meanwhile; until it is there, or when it is none, the last good picture
 * stays. Trouble is reported.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_RASTER_FILE_H
#define STREAMER_SUPERVISOR_PAINTER_RASTER_FILE_H

#include <glib.h>
#include <stdbool.h>

#include "streamer-supervisor/painter/posix/watch.h"
#include "streamer-supervisor/painter/raster.h"
#include "streamer-supervisor/painter/report.h"

struct raster_file {
	struct watch file;
	enum report what;
	raster_fn *read;
	int width, height;  /* of the whole picture */
	struct patch patch; /* the last good one */
	bool is_there;      /* there was a good one */
	GThread *thread;    /* NULL: nothing is being read */
	GAsyncQueue *ready; /* what the thread has read */
};

/* `path` is the caller's; NULL: there is no file. */
void raster_file_init(struct raster_file *f, const char *path, enum report what,
    raster_fn *read, int width, int height);
/* Waits for the thread. */
void raster_file_done(struct raster_file *f);

/* Looks at the file; waits for a short while where it is another one. Returns
 * true when `patch` is. */
bool raster_file_look(struct raster_file *f);

#endif
