/* How far ffmpeg has got, as its -progress tells. Pure; any bytes are fine. */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PROGRESS_H
#define STREAMER_SUPERVISOR_FFMPEG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* `-progress`: blocks of key=value that end in progress=continue|end.
 * Starts as zeroes. */
struct progress {
	int64_t out_time_us; /* stream time that was sent; the highest yet */
	double bitrate_kbps; /* mean of the run; 0: not told (RTSP) */
	double speed;        /* of real time; 0: not told yet */
	int64_t coming_us;   /* out_time of the block under way */
};

/* Takes one line. True when it ended a block in which the output had got
 * further: the one sign that sound flows. The last block of a run is none:
 * what it tells of may have been written to a broken connection. */
bool progress_take(struct progress *p, const char *line);

#endif
