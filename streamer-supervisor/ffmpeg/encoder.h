/*
 * What makes a picture small enough to be sent: the table of encoders, and
 * their part of a command line. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_ENCODER_H
#define STREAMER_SUPERVISOR_FFMPEG_ENCODER_H

#include "common/args/argv.h"
#include "common/conf/conf.h"

/* What a protocol may carry. */
enum picture_codec { PICTURE_H264, PICTURE_H265, PICTURE_CODECS };

struct ffmpeg_encoder {
	const char *name; /* ffmpeg's, and that of the configuration */
	enum picture_codec codec;
	const char *device;  /* options before the input; NULL: none */
	const char *filter;  /* into the form that it takes; NULL: none */
	const char *options; /* speed and form */
	const char *quality; /* what keeps a still picture small; NULL: it takes
			      * a bit rate alone */
	const char *constant; /* makes the bit rate constant; NULL: it is */
};

/* By enum conf_encoder; `auto` has the row of libx264. */
extern const struct ffmpeg_encoder encoders[ENCODER_COUNT];

/* Adds what stands before the input. */
void encoder_device(struct argv *a, enum conf_encoder encoder);
/* Adds what turns a picture into what that encoder takes, and chooses it. */
void encoder_choose(struct argv *a, enum conf_encoder encoder);

/* Returns the command line that encodes one frame with that encoder, and writes
 * it to the standard output; the caller releases it with words_free(). NULL
 * without memory. */
char **encoder_trial(const char *program, enum conf_encoder encoder);

/* Adds all that encodes the picture of `o`. Key frames come at multiples of
 * `segment_ms`, and others at equal distances between; 0: as the preset has it.
 * `modern`: this ffmpeg is 5.1 or newer. */
void encoder_options(struct argv *a, enum conf_encoder encoder,
    const struct conf_output *o, int64_t segment_ms, bool modern);

#endif
