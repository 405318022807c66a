/* How far ffmpeg has got, as its -progress tells. Pure; any bytes are fine. */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PROGRESS_H
#define STREAMER_SUPERVISOR_FFMPEG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/record.h"

/* What `-progress` told so far, in blocks of lines "key=value" that end with
 * progress=continue or progress=end. It starts as zeroes. */
struct progress {
	bool pictured; /* it sends a picture, which has to get on too */

	int64_t out_time_us; /* stream time that was sent; the highest yet */
	int64_t sure_us;     /* the same, but for the last block of a run */
	double bitrate_kbps; /* mean of the run; 0: not told (RTSP) */
	double speed;        /* 1 is real time; 0: not told yet */
	int64_t frames;      /* of the picture that were encoded */
	int64_t duplicated;  /* of those: the one before once more */
	int64_t dropped;     /* frames that came and were left out */
	/* When the stream time, and when the frames, rose last; 0: never. */
	int64_t time_ns, frames_ns;

	int64_t coming_us, coming_frames; /* of the block under way */
	/* Since it last got further as a whole. */
	bool time_moved, frames_moved;
};

/* Its record (common/record.h). */
extern const struct record_field progress_fields[];

/* Takes one line, which came at `now_ns`. Returns true when it ended a block in
 * which the output had got further, sound and picture, which is the one sign
 * that they flow. The last block of a run is no such sign: what it tells of may
 * have been written to a broken connection. */
bool progress_take(struct progress *p, const char *line, int64_t now_ns);

/* Does the picture alone stand still? */
bool progress_lacks_frames(const struct progress *p);

#endif
