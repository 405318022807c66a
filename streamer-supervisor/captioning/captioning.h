/*
 * The program `captions` beside one ffmpeg that writes HLS, seen from the
 * supervisor: it is started with the ffmpeg, again when it is lost, and asked
 * to end when the ffmpeg is gone, so that it may write what is left. Whatever
 * becomes of it, the ffmpeg goes on.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONING_CAPTIONING_H
#define STREAMER_SUPERVISOR_CAPTIONING_CAPTIONING_H

#include <jansson.h>

#include "platform/succession.h"
#include "streamer-supervisor/ffmpeg/plan.h"

struct captioning;

/* All of it is borrowed. */
struct captioning_spec {
	struct loop *loop;
	const char *name;    /* of the output, for the log */
	const char *control; /* path of ttsd's control socket */
	const struct conf_channel *channel;
	/* captioning_is_over() has become true. */
	void (*over)(void *arg);
	void *arg;
};

/* ERR_NOMEM. */
int captioning_new(const struct captioning_spec *spec, struct captioning **out);
/* Kills what still runs. NULL is fine, here and below. */
void captioning_free(struct captioning *c);

/* The ffmpeg `pid` was started for that plan. `*first_sample` is its time 0;
 * NULL: it reads from ttsd, which knows. */
void captioning_start(struct captioning *c, const struct plan *plan,
    const struct conf_output *o, int64_t pid, const uint64_t *first_sample);
/* The ffmpeg is gone. */
void captioning_stop(struct captioning *c);
/* Is all written that was left? Also when it does not end, and is waited for no
 * longer. */
bool captioning_is_over(const struct captioning *c);

/* Returns what the program's successor needs to keep it; NULL without memory.
 */
json_t *captioning_hand_over(const struct captioning *c, struct parcel *parcel);
/* Goes on with it. ERR_INVALID, ERR_NOMEM. */
int captioning_take_over(
    struct captioning *c, struct parcel *parcel, const json_t *word);

/* Returns what `status` says of it (docs/OUTPUTS.md); null without captions. */
json_t *captioning_status(const struct captioning *c);

#endif
