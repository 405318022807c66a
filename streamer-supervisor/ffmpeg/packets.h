/*
 * How far apart picture and sound are that an ffmpeg reads, as its `-f
 * framecrc` tells of each packet, the picture being stream 0 and the sound
 * stream 1. Pure; any bytes are fine.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PACKETS_H
#define STREAMER_SUPERVISOR_FFMPEG_PACKETS_H

#include <stdbool.h>

enum packets_stream { PACKETS_PICTURE, PACKETS_SOUND, PACKETS_STREAMS };

/* It starts as zeroes. */
struct packets {
	struct {
		double tick_s;   /* of its time stamps; 0: not told yet */
		double newest_s; /* the highest of these */
		bool seen;       /* there was one */
		unsigned count;  /* in the span under way */
	} streams[PACKETS_STREAMS];
	double sum_s; /* of what the picture was ahead, at each packet */
	unsigned sums;
};

/* Takes one line; what is none of framecrc's is passed over. */
void packets_take(struct packets *p, const char *line);

/* Ends a span of time. Returns true when packets of both streams came in it;
 * `*ahead_s` is then the mean, over all of them, of the newest time stamp of
 * the picture less that of the sound. Else the span goes on. */
bool packets_end_span(struct packets *p, double *ahead_s);

/* Did packets of the picture come in the span, and none of the sound? */
bool packets_lack_sound(const struct packets *p);

#endif
