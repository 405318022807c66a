/*
 * Is a stream that seems to flow really taken? ffmpeg reports progress for
 * as long as the kernel buffers what it writes; for silence, which is a few
 * kbit/s, that may be hours. Two signs are judged here: what the peer does
 * not acknowledge, and what ttsd had to skip. Neither looks at byte rates,
 * so silence is as good as speech. Pure.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_HEALTH_H
#define STREAMER_SUPERVISOR_SENDER_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

/* ttsd has to skip so often within one episode for that to count. */
#define HEALTH_LAGS 3

struct health {
	int64_t taken_ns; /* when its connections were last seen well */
	int64_t lag_from_ns, lag_last_ns; /* of the episode under way */
	unsigned lags;
};

/* Begins when ffmpeg has begun to send. */
void health_start(struct health *h, int64_t now_ns);

/* Takes one look at ffmpeg's connections. `stuck`: one of them repeats itself,
 * or waits for a peer that takes nothing. Returns true when that has been so
 * for `limit_ns`. */
bool health_look(
    struct health *h, bool stuck, int64_t now_ns, int64_t limit_ns);

/* Tells that ttsd skipped sound for this ffmpeg. Returns true when that happens
 * often enough, for `limit_ns` by now; a pause that long ends the episode. */
bool health_lag(struct health *h, int64_t now_ns, int64_t limit_ns);

#endif
