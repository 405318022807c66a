/*
 * Asks the server of HLS and DASH by PUT whether it would take them, before
 * each start: ffmpeg looks at no answer, and so a server that refuses every
 * file was sent to for ever. The program that asks is
 * streamer-supervisor/asker.
 *
 * Only a server that clearly says no is an objection: one that cannot be
 * reached, or asked, is ffmpeg's to complain of.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_ASKING_H
#define STREAMER_SUPERVISOR_SENDER_ASKING_H

#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

struct asking;

enum asking_result {
	ASKING_NO_OBJECTION,
	ASKING_FAILED,  /* it may be better after a while */
	ASKING_REFUSED, /* somebody has to do something */
};

/* `name` is the output's, for the log. `done` comes once after an
 * asking_start() that returned 0, unless it is stopped before. ERR_NOMEM. */
int asking_new(struct loop *l, const char *name,
    void (*done)(void *arg, enum asking_result result), void *arg,
    struct asking **out);
/* NULL is fine. */
void asking_free(struct asking *a);

/* Is there a server to be asked for such an output? Not where ffmpeg looks at
 * the answers itself, as it does for a user without a password, nor where
 * extra_output_args change what it asks for. */
bool asking_is_due(const struct plan *plan, const struct conf_output *o,
    const struct secret *secret);

/* Asks for the URL and with the header of `secret`, for half of the start's
 * time at most. Errors are ERR_NOMEM and those of process_spawn(). */
int asking_start(struct asking *a, const struct plan *plan,
    const struct conf_output *o, const struct conf_timing *timing,
    const struct secret *secret);
/* Returns false when nothing was asked. NULL is fine. */
bool asking_stop(struct asking *a);

/* What the server said. */
const char *asking_why(const struct asking *a);

#endif
