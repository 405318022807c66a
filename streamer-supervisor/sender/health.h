/*
 * Is a stream that seems to flow really taken? ffmpeg reports progress for
 * as long as the kernel buffers what it writes; for silence, which is a few
 * kbit/s, that may be hours. So evidence is judged here: the signs of its
 * protocol (protocol.h), and what ttsd had to skip. None looks at byte rates,
 * so silence is as good as speech. Pure.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_HEALTH_H
#define STREAMER_SUPERVISOR_SENDER_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "streamer-supervisor/ffmpeg/protocol.h"

/* ttsd has to skip so often within one episode for that to count. */
#define HEALTH_LAGS 3

struct health {
	int64_t good_ns[SIGNS]; /* when each sign was last seen well */
	int64_t lag_from_ns, lag_last_ns; /* of the episode under way */
	unsigned lags;
};

/* Begins when ffmpeg has begun to send. */
void health_start(struct health *h, int64_t now_ns);

/* Notes that a sign was seen to be well. */
void health_good(struct health *h, enum protocol_sign sign, int64_t now_ns);

/* Returns true when a sign has not been well for `limit_ns`. */
bool health_missed(const struct health *h, enum protocol_sign sign,
    int64_t now_ns, int64_t limit_ns);

/* Tells that ttsd skipped sound for this ffmpeg. Returns true when that happens
 * often enough, for `limit_ns` by now; a pause that long ends the episode. */
bool health_lag(struct health *h, int64_t now_ns, int64_t limit_ns);

#endif
