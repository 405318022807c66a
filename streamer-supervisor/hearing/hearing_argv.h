/* The command line of the program `ear` (ear/main.c). Pure. */
#ifndef STREAMER_SUPERVISOR_HEARING_HEARING_ARGV_H
#define STREAMER_SUPERVISOR_HEARING_HEARING_ARGV_H

#include "common/conf/conf.h"

struct hearing_places {
	const char *programs; /* the folder of the engine programs */
	const char *ffmpeg;   /* its path or name */
	const char *control;  /* path of ttsd's control socket */
	const char *audio;    /* path of the channel's audio socket */
	const char *url;      /* where listeners are */
};

/* For the output, which sends that channel, `marked` where that has a
 * `watermark`. The caller releases it with words_free(). NULL without memory.
 */
char **hearing_argv(const struct hearing_places *at,
    const struct conf_output *o, const char *channel, bool marked);

#endif
