/*
 * Who the peer is, where an output is sent over TLS: what ffmpeg can check, and
 * how it is told to. Measured with 5.1.9: RTMPS takes its options like any
 * other, DASH within `http_opts`; RTSPS, HLS and WHIP swallow them and check
 * nothing. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_TLS_H
#define STREAMER_SUPERVISOR_FFMPEG_TLS_H

#include <stdbool.h>

#include "common/args/argv.h"
#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

/* Is the peer not checked, though nobody said that it need not be? */
bool tls_is_blind(const struct plan *plan, const struct conf_output *o);

/* Is the peer checked? */
bool tls_verifies(const struct plan *plan, const struct conf_output *o);

/* Returns the key that cannot be as it is, or NULL; *expected says why. */
const char *tls_mistake(const struct plan *plan, const struct conf_output *o,
    const char **expected);

/* Adds the options that have ffmpeg check its peer. With a preset, those of a
 * protocol that takes them in one option with its secret are in there. */
void tls_options(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct secret *secret);
/* The same for the ffmpeg that reads it back from `url`. Over HTTPS it checks
 * the list that is named there, and not the segments in it. */
void tls_reading_options(
    struct argv *a, const struct conf_output *o, const char *url);
/* The same for a program of errand/errand.h. */
void tls_errand_options(
    struct argv *a, const struct plan *plan, const struct conf_output *o);
/* Adds to a preset what tls_options() leaves to it. Fails as secret_part(). */
int tls_preset(struct secret *secret, const struct plan *plan,
    const struct conf_output *o);

#endif
