/*
 * The program `ear` of one address, seen from the supervisor: it listens where
 * the listeners are, for as long as that address is sent to, and is started
 * again when it is lost or stands still. What it hears is a sign of health; and
 * for each announcement it says whether it was heard.
 */
#ifndef STREAMER_SUPERVISOR_HEARING_HEARING_H
#define STREAMER_SUPERVISOR_HEARING_HEARING_H

#include <jansson.h>

#include "common/conf/conf.h"
#include "platform/succession.h"
#include "streamer-supervisor/ffmpeg/reading.h"

struct hearing;

/* All of it is borrowed. */
struct hearing_spec {
	struct loop *loop;
	const struct conf_output *conf; /* stall_timeout, … */
	struct reading_place at;
	const char *program; /* the ffmpeg */
	const char *name;    /* of the output, for the log */
	const char *channel;
	bool marked;         /* that one has a `watermark` */
	const char *audio;   /* path of the channel's audio socket */
	const char *control; /* path of ttsd's control socket */
	/* Listeners do not get what is sent, `why`; once for each
	 * hearing_start(). */
	void (*failed)(void *arg, const char *why);
	/* What became of an announcement: the object of ear/words.h. */
	void (*receipt)(void *arg, json_t *receipt);
	void *arg;
};

/* Fails with ERR_NOMEM or as timer_new(). */
int hearing_new(const struct hearing_spec *spec, struct hearing **out);
/* Kills what still runs. NULL is fine, here and below. */
void hearing_free(struct hearing *h);

/* The output comes on air, and is no longer. That nothing can be read is no
 * failure before `patience_ns`, if that is longer than its stall_timeout. */
void hearing_start(struct hearing *h, int64_t patience_ns);
void hearing_stop(struct hearing *h);

/* Return what the program's successor needs to keep it, NULL without memory;
 * and go on with it. hearing_start() follows where the output is on air.
 * ERR_INVALID, ERR_NOMEM. */
json_t *hearing_hand_over(const struct hearing *h, struct parcel *parcel);
int hearing_take_over(
    struct hearing *h, struct parcel *parcel, const json_t *word);

/* Which ear listens: a number of its own for each; 0: none does. */
uint64_t hearing_ear(const struct hearing *h);
/* How the last one was lost since hearing_start(); "": none was. */
const char *hearing_lost(const struct hearing *h);

struct hearing_facts {
	const char *state; /* of ear/words.h; valid until the loop goes on */
	int64_t delay_ms;  /* from sample to listener; -1: not known */
	uint64_t drop_outs;
};

/* False where nobody listens, or has not told yet. */
bool hearing_facts(const struct hearing *h, struct hearing_facts *out);

/* Returns what `status` says of it (docs/OUTPUTS.md); null where nobody
 * listens. */
json_t *hearing_status(const struct hearing *h);

#endif
