/* The command line of the program `captions` (captions/main.c). Pure. */
#ifndef STREAMER_SUPERVISOR_CAPTIONING_CAPTIONING_ARGV_H
#define STREAMER_SUPERVISOR_CAPTIONING_CAPTIONING_ARGV_H

#include "streamer-supervisor/ffmpeg/plan.h"

struct captioning_places {
	const char *programs; /* the folder of the engine programs */
	const char *control;  /* path of ttsd's control socket */
};

/* For the ffmpeg `pid`, which was started for that plan of HLS in a folder, and
 * whose time 0 is `*first_sample`; NULL: ttsd knows. The caller releases it
 * with words_free(). NULL without memory. */
char **captioning_argv(const struct captioning_places *at,
    const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, int64_t pid,
    const uint64_t *first_sample);

#endif
