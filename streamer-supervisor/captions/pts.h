/*
 * The time stamp that a segment of MPEG-TS begins with, and where that is on
 * the clock of one run of ffmpeg, in ticks since its first sample (timeline.h).
 * Pure.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_PTS_H
#define STREAMER_SUPERVISOR_CAPTIONS_PTS_H

#include <stddef.h>
#include <stdint.h>

/* The first sound of a segment comes within so many bytes: behind tables, and
 * where there is a picture, behind its first frame. */
#define PTS_HEAD_BYTES (1024 * 1024)

/* Finds the first PTS of sound (33 bits) in the first bytes of a segment;
 * ERR_NOT_FOUND where there is none. Any bytes are fine. */
int pts_find(const uint8_t *data, size_t len, int64_t *pts);

struct pts_run {
	int64_t first; /* PTS that the run begins with */
	int64_t delay; /* ticks from there to its first sample */
};

/* What a run of ffmpeg begins with, unless it was told otherwise: 1.4 s,
 * measured with 5.1.9. */
#define PTS_FIRST 126000

/* When a PTS is, of all the times that it may be, for it wraps: the one nearest
 * to `near`. */
int64_t pts_ticks(const struct pts_run *run, int64_t pts, int64_t near);
/* The PTS at a time of the run; it has not wrapped. */
int64_t pts_at(const struct pts_run *run, int64_t ticks);

#endif
