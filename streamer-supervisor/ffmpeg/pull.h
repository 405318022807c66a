/*
 * The command line of an ffmpeg that turns the file or the camera of a [video]
 * into raw frames, as Y4M on its standard output. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PULL_H
#define STREAMER_SUPERVISOR_FFMPEG_PULL_H

#include <stdbool.h>

#include "common/args/argv.h"
#include "common/conf/conf.h"

/* Adds the command line for a video whose source is `image`, `loop` or `url`.
 * `program` is ffmpeg's path or name; `modern`: it is 5.1 or newer. Frames have
 * the size of the video, fitted into it and centred on its background, BT.709
 * of limited range. Those of a `loop` are as many as the video has; of `url`
 * they come when they come, at most some twice as many. A URL with a secret in
 * it is not on the command line but in a list. */
void pull_argv(struct argv *a, const struct conf_video *v, const char *program,
    bool modern);

/* Is the address of its source to be read from a list? */
bool pull_is_listed(const struct conf_video *v);
/* Gives that list, which ffmpeg reads from its standard input and the caller
 * frees; NULL: there is none. Fails with ERR_NOMEM. */
int pull_list(const struct conf_video *v, char **out);

#endif
