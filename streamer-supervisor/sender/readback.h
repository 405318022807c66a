/*
 * Reads a stream back from its server now and then: the one way to see that
 * a server is frozen, or has lost the stream, while it keeps its connection.
 *
 * A reading is good when time stamps still advance a quarter of the limit
 * after the first one came: what a dead HLS server has in store comes at
 * once. Of a stream with a picture, frames have to come as well as sound, and
 * how far apart the two are is measured. One that is not good within the limit
 * is repeated at once; two in a row are a failure.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_READBACK_H
#define STREAMER_SUPERVISOR_SENDER_READBACK_H

#include <jansson.h>

#include "common/conf/conf.h"
#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/reading.h"

struct readback;

struct readback_spec {
	struct loop *loop;
	const struct conf_output *conf; /* probe_interval, … */
	struct reading_place at;
	const char *program; /* the ffmpeg */
	const char *name;    /* of the output, for the log */
	void (*failed)(void *arg, const char *why);
	void *arg;
};

/* Makes a reader; what `spec` points to must outlive it. Fails with ERR_NOMEM
 * or as timer_new(). */
int readback_new(const struct readback_spec *spec, struct readback **out);
/* NULL is fine for all of these. */
void readback_free(struct readback *r);

/* Begins to read, once the stream is on air: the first reading comes within
 * probe_interval. `pictured`: a picture is sent too. */
void readback_start(struct readback *r, bool pictured);
void readback_stop(struct readback *r);

/* How far ahead of the sound was the picture when it was last read? By the time
 * stamps of the packets that came last. False: it was not read. */
bool readback_ahead(const struct readback *r, double *ahead_s);

/* Returns an object: `good` (was the last reading so?), `age_ms` (since the
 * last good one), `frames` (that it has seen), `picture_ahead_ms`,
 * `last_error`. */
json_t *readback_status(const struct readback *r);

#endif
