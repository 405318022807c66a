/*
 * The keys of outputs: fetched afresh at each start, so that one may be
 * replaced while everything runs, and given to ffmpeg in a way that nobody
 * sees (secret.h).
 */
#ifndef STREAMER_SUPERVISOR_SENDER_STREAM_KEY_H
#define STREAMER_SUPERVISOR_SENDER_STREAM_KEY_H

#include <jansson.h>

#include "common/buf.h"
#include "common/conf/conf.h"
#include "common/net/redact.h"
#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

/* A key has at most so many bytes. */
#define STREAM_KEY_MAX 512
/* A file that holds a key has at most so many bytes, whatever is behind its
 * first line. */
#define STREAM_KEY_FILE_MAX 4096

/* What was said of an output's secrets: once is enough, though its URL and its
 * key are fetched at each start. */
struct stream_key_said {
	bool url, file;
};

/* Takes what is in key_env away from the processes that will be started, and
 * warns of secrets that others can see. Fails with ERR_NOMEM; what was done
 * already is not done again. */
int stream_key_guard(struct stream_key_said *said, const struct conf_output *o,
    const struct plan *plan);

/* Return what was taken out of the environment, secrets that the program's
 * successor has no other way to; and take it. NULL without memory; ERR_INVALID,
 * ERR_NOMEM. */
json_t *stream_key_hand_over(void);
int stream_key_take_over(const json_t *kept);

/* Warns that others can read key_file; the modes of systemd's credentials are
 * systemd's affair. */
void stream_key_warn(struct stream_key_said *said, const struct conf_output *o);

/* Parts the output's URL and key into what may be seen and what may not;
 * secret_done() is due in any case. `text` is that of key_file, NULL without
 * one. The secrets are from then on among those of `r`. An error fills `why`,
 * without secrets. */
int stream_key_split(const struct conf_output *o, const struct plan *plan,
    const struct buf *text, struct redact *r, struct secret *out, char *why,
    size_t why_size);

#endif
