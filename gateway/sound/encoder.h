/*
 * The forms in which sound is served, and the ffmpeg that makes those of it
 * that are no plain samples.
 */
#ifndef GATEWAY_SOUND_ENCODER_H
#define GATEWAY_SOUND_ENCODER_H

#include "platform/platform.h"

/* At once, of all who ask. */
#define ENCODERS_MAX 16

struct encoding {
	const char *name, *type;    /* "mp3", "audio/mpeg" */
	const char *const *options; /* of ffmpeg; NULL: samples, as they come */
};

/* wav, pcm, mp3, opus, aac, flac; NULL: there is none of that name. */
const struct encoding *encoding_find(const char *name);
bool encoder_has_room(void);

/* The address of what is written to an ffmpeg itself. */
#define ENCODER_STDIN "pipe:0"

/* Starts an ffmpeg with these options for its input, NULL-terminated, the last
 * of them its address. What it makes comes as its output. Fails as
 * process_spawn(). */
int encoder_spawn(struct loop *l, const char *ffmpeg, const struct encoding *e,
    const char *const *input, const struct process_events *events, void *arg,
    struct process **out);
/* NULL is fine. */
void encoder_free(struct process *p);

#endif
