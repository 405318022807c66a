/* What the program `herald` (herald/herald.h) is run with. */
#ifndef STREAMER_SUPERVISOR_HERALDING_HERALDING_ARGV_H
#define STREAMER_SUPERVISOR_HERALDING_HERALDING_ARGV_H

#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

/* Its command line. The caller releases it with words_free(). NULL without
 * memory. */
char **heralding_argv(const struct plan *plan, const struct conf_output *o);

/* The lines of TEXT but for the title: the URL, the user, the password, which
 * the preset has percent-encoded. The caller frees them. NULL without
 * memory. */
char *heralding_access(
    const struct conf_output *o, const struct secret *secret);

#endif
