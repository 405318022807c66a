/* From an output's plan to the command line of its ffmpeg. Pure. */
#ifndef STREAMER_SUPERVISOR_FFMPEG_INVOCATION_H
#define STREAMER_SUPERVISOR_FFMPEG_INVOCATION_H

#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

/* What all command lines have in common. */
struct invocation {
	const char *program; /* ffmpeg's path or name */
	const char *socket;  /* path of the channel's audio socket */
	bool modern;         /* this ffmpeg is 5.1 or newer */
	int64_t number;      /* of the first file, where files have numbers */
};

/* Returns the command line that reads the channel's audio and sends it to the
 * URL of `secret`, whose preset ffmpeg is to find on its standard input. The
 * caller releases it with words_free(). NULL without memory. */
char **invocation_argv(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, const struct secret *secret,
    const struct invocation *start);

/* Add the two halves of that command line: up to the encoder, and from the
 * muxer to the URL. */
struct argv;
void invocation_begin(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct conf_channel *channel,
    const struct invocation *start);
void invocation_output(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct secret *secret,
    const struct invocation *start);

#endif
