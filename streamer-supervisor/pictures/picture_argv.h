/* From a [video] and the channel whose sound it shows to the command line of
 * their `picture`. Pure. */
#ifndef STREAMER_SUPERVISOR_PICTURES_PICTURE_ARGV_H
#define STREAMER_SUPERVISOR_PICTURES_PICTURE_ARGV_H

#include <stdbool.h>

#include "common/conf/conf.h"

/* Where things are. */
struct picture_places {
	const char *programs; /* folder of `picture` and `painter` */
	bool painter;         /* there is one: not on every system */
	const char *ffmpeg;   /* path or name */
	bool modern;          /* that one is 5.1 or newer */
	const char *control;  /* paths of ttsd's control socket, */
	const char *audio;    /* of the channel's audio, */
	const char *socket;   /* and of the picture's own sockets: sound */
	const char *raw;      /* and picture, the raw door */
};

/* Returns the command line, which the caller releases with words_free(); NULL
 * without memory. */
char **picture_argv(const struct conf_video *v, const struct conf_channel *c,
    const struct picture_places *at);

#endif
