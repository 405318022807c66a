/* From an output's plan to the command line of its ffmpeg. Pure. */
#ifndef STREAMER_SUPERVISOR_FFMPEG_INVOCATION_H
#define STREAMER_SUPERVISOR_FFMPEG_INVOCATION_H

#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

/* What all command lines have in common. */
struct invocation {
	const char *program; /* ffmpeg's path or name */
	/* Path of the channel's audio socket, or of the socket that has a
	 * picture too. */
	const char *socket;
	/* The picture is sent: of an output that has one. */
	bool pictured;
	enum conf_encoder encoder; /* of the picture; never `auto` */
	/* Key frames come at its multiples; 0: as they like. */
	int64_t segment_ms;
	bool modern;    /* this ffmpeg is 5.1 or newer */
	int64_t number; /* of the first file, where files have numbers */
};

/* Returns the command line that reads the channel's audio, with the picture
 * where it is sent, and sends it to the URL of `secret`, whose preset ffmpeg is
 * to find on its standard input. `segment_ms` is found by itself. The caller
 * releases it with words_free(). NULL without memory. */
char **invocation_argv(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, const struct secret *secret,
    const struct invocation *start);

/* Samples a second, and bits a second in all, that the sound is encoded with.
 */
int64_t invocation_rate_hz(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel);
int64_t invocation_bitrate(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel);

/* Milliseconds of a segment that is cut at a key frame; 0: there is none. */
int64_t invocation_segment_ms(
    const struct plan *plan, const struct conf_output *o);

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
