/*
 * What encodes pictures where the configuration says `auto`? That an ffmpeg
 * lists an encoder tells nothing of the hardware, so each is tried by encoding
 * one frame, all at the same time and in the background; the first one, in a
 * fixed order, that works is taken, libx264 where none does. Hardware that
 * hangs is left behind after TRIAL_MAX_NS.
 *
 * Nothing is tried before somebody asks, and then once for each version of
 * ffmpeg.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_TRIAL_H
#define STREAMER_SUPERVISOR_FFMPEG_TRIAL_H

#include "streamer-supervisor/ffmpeg/probe.h"

#define TRIAL_MAX_NS (5 * NS_PER_S)
/* So many processes it has at once. */
#define TRIAL_CHILDREN 4

struct trial;

/* `done` is called when there is an answer that trial_find() did not have.
 * `program` and `probe` must outlive the trial. */
int trial_new(struct loop *l, const char *program, const struct probe *probe,
    void (*done)(void *arg), void *arg, struct trial **out);
/* NULL is fine. */
void trial_free(struct trial *t);

/* Gives the encoder to take. False: it is not known yet, and `done` follows. */
bool trial_find(struct trial *t, enum conf_encoder *out);
/* Tells that an ffmpeg failed before it sent anything: hardware serves only so
 * many at once, or is gone. The next trial_find() has it tried again. */
void trial_doubt(struct trial *t);

#endif
