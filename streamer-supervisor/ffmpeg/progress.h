/* How far ffmpeg has got, as its -progress tells. Pure; any bytes are fine. */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PROGRESS_H
#define STREAMER_SUPERVISOR_FFMPEG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* What `-progress` told so far, in blocks of lines "key=value" that end with
 * progress=continue or progress=end. It starts as zeroes. */
struct progress {
	int64_t out_time_us; /* stream time that was sent; the highest yet */
	double bitrate_kbps; /* mean of the run; 0: not told (RTSP) */
	double speed;        /* 1 is real time; 0: not told yet */
	int64_t coming_us;   /* out_time of the block under way */
};

/* Takes one line. Returns true when it ended a block in which the output had
 * got further, which is the one sign that sound flows. The last block of a run
 * is no such sign: what it tells of may have been written to a broken
 * connection. */
bool progress_take(struct progress *p, const char *line);

#endif
