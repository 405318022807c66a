/*
 * The folder in which ffmpeg puts the segments of a list, and their captions
 * stand beside them. The disk may hang, and whoever calls here with it.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_SHELF_H
#define STREAMER_SUPERVISOR_CAPTIONS_SHELF_H

#include "platform/platform.h"
#include "streamer-supervisor/captions/playlist.h"

struct shelf {
	const char *list; /* path of the list of segments */
	char folder[PLATFORM_PATH_MAX];
	char stem[PLAYLIST_NAME_MAX]; /* "live" of "live.m3u8" */
};

/* `list`, the path of a "*.m3u8", must outlive it. ERR_TOO_LONG. */
int shelf_init(struct shelf *s, const char *list);

/* Is there such a file, and was it written after the other one? Without another
 * (NULL), or where that is gone: is it there? */
bool shelf_has(const struct shelf *s, const char *name, const char *older);
/* Errors are those of file_put(). */
int shelf_put(const struct shelf *s, const char *name, const struct buf *text);

/* The time stamp that a segment begins with (pts.h). ERR_NOT_FOUND where there
 * is none. */
int shelf_pts(const struct shelf *s, const char *segment, int64_t *pts);

/* Removes the captions of segments that are there no more. */
void shelf_sweep(const struct shelf *s);

#endif
