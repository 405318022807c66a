/* How an ffmpeg takes in the stream of an output where its listeners are. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_READING_H
#define STREAMER_SUPERVISOR_FFMPEG_READING_H

#include "common/args/argv.h"
#include "common/conf/conf.h"

/* So much of a stream is looked at for what is in it: by itself ffmpeg would
 * look at up to five seconds first. */
#define READING_LOOK_MS 500

/* Where the listeners of one address are. */
struct reading_place {
	const char *key; /* of the configuration, for messages */
	const char *url; /* NULL: nobody knows */
};

/* Adds the options that the kind of the URL needs, to stand before `-i`. */
void reading_options(
    struct argv *a, const struct conf_output *o, const char *url);

#endif
