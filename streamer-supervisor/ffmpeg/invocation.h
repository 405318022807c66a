/* From an output's plan to the command line of its ffmpeg. Pure. */
#ifndef STREAMER_SUPERVISOR_FFMPEG_INVOCATION_H
#define STREAMER_SUPERVISOR_FFMPEG_INVOCATION_H

#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

/* What all command lines have in common. */
struct invocation {
	const char *program; /* the ffmpeg */
	const char *socket;  /* of the channel's audio */
	bool modern;         /* it is 5.1 or newer */
};

/* The command line that reads the channel's audio and sends it to the URL of
 * `secret`, whose preset ffmpeg is to find on its standard input. To be
 * released with words_free(). NULL: out of memory. */
char **invocation_argv(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, const struct secret *secret,
    const struct invocation *start);

/* Its two halves: up to the encoder, and from the muxer to the URL. */
struct argv;
void invocation_begin(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct conf_channel *channel,
    const struct invocation *start);
void invocation_output(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct secret *secret, bool modern);

#endif
