/*
 * From an output's configuration to ffmpeg's command line. Pure.
 *
 * A new protocol is one row of the table in protocol.c.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_FFMPEG_H
#define STREAMER_SUPERVISOR_FFMPEG_FFMPEG_H

#include "common/conf/conf.h"
#include "streamer-supervisor/ffmpeg/secret.h"

/* What `ffmpeg -protocols`, `-muxers` and `-encoders` list. */
enum ffmpeg_list {
	FFMPEG_PROTOCOLS,
	FFMPEG_MUXERS,
	FFMPEG_ENCODERS,
	FFMPEG_LISTS
};

/* How an output will be sent. */
struct ffmpeg_plan {
	const struct ffmpeg_protocol *protocol;
	const struct ffmpeg_codec *codec;
	/* What ffmpeg must have been built with; NULL: nothing special. */
	const char *needs[FFMPEG_LISTS];
	const char *since; /* the version that has it; NULL: any full build */
};

/* Chooses protocol and codec. ERR_INVALID, with `e` naming output, key and
 * what was expected, where they do not go together. */
int ffmpeg_plan(
    const struct conf_output *o, struct ffmpeg_plan *out, struct conf_error *e);

/* Is the secret kept apart from the URL? */
bool ffmpeg_has_key(const struct conf_output *o);

/* What all command lines have in common. */
struct ffmpeg_start {
	const char *program; /* the ffmpeg */
	const char *socket;  /* of the channel's audio */
	bool modern;         /* it is 5.1 or newer */
};

/* The command line that reads the channel's audio and sends it to the URL of
 * `secret`, whose preset ffmpeg is to find on its standard input. To be
 * released with words_free(). NULL: out of memory. */
char **ffmpeg_argv(const struct ffmpeg_plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, const struct secret *secret,
    const struct ffmpeg_start *start);

/* Its two halves: up to the encoder, and from the muxer to the URL. */
struct argv;
void ffmpeg_begin(struct argv *a, const struct ffmpeg_plan *plan,
    const struct conf_output *o, const struct conf_channel *channel,
    const struct ffmpeg_start *start);
void ffmpeg_output(struct argv *a, const struct ffmpeg_plan *plan,
    const struct conf_output *o, const struct secret *secret, bool modern);

#endif
