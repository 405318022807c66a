/*
 * The keys of outputs: fetched afresh at each start, so that one may be
 * replaced while everything runs, and given to ffmpeg in a way that nobody
 * sees (secret.h).
 */
#ifndef STREAMER_SUPERVISOR_SENDER_STREAM_KEY_H
#define STREAMER_SUPERVISOR_SENDER_STREAM_KEY_H

#include "common/conf/conf.h"
#include "common/redact.h"
#include "streamer-supervisor/ffmpeg/ffmpeg.h"

/* Bytes of a key. */
#define STREAM_KEY_MAX 512

/* Takes what is in key_env away from the processes that will be started, and
 * warns of secrets that others can read. */
void stream_key_guard(
    const struct conf_output *o, const struct ffmpeg_plan *plan);

/* Parts the output's URL and key into what may be seen and what may not;
 * secret_done() in any case. The secrets are from then on among those of
 * `r`. Errors have `why` filled, without secrets. */
int stream_key_split(const struct conf_output *o,
    const struct ffmpeg_plan *plan, struct redact *r, struct secret *out,
    char *why, size_t why_size);

#endif
