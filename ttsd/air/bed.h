/*
 * Music under a channel: a clip that goes round without a seam, and gives way
 * while something is said.
 *
 * An engine makes it (the clip program, told to loop); should that fail, the
 * stream goes on without music, and it is tried again every few seconds.
 */
#ifndef TTSD_AIR_BED_H
#define TTSD_AIR_BED_H

#include "common/buf.h"
#include "ttsd/air/mixer.h"
#include "ttsd/pool/engine.h"

/* Sound held ahead; a job that is ahead of it waits. */
#define BED_AHEAD_MS 500
#define BED_RETRY_NS (5 * NS_PER_S)

struct bed_format {
	uint32_t rate_hz;
	uint32_t channels;
};

struct bed {
	struct bed_format format;
	struct engine *engine; /* that plays clips */
	char *clip;            /* its name, owned; NULL: no bed */
	uint32_t volume;       /* percent */
	struct duck duck;
	struct buf pcm;
	struct job *job;
	bool ailing;         /* the last try failed; said once */
	int64_t retry_ns;    /* not before */
	const char *channel; /* for the log */
};

struct bed_ducking {
	int64_t db;         /* how much lower under speech, below 0 */
	int64_t attack_ns;  /* to get there */
	int64_t release_ns; /* and back */
};

void bed_init(struct bed *b, const char *channel, struct engine *engine,
    const struct bed_format *format, const struct bed_ducking *ducking);
void bed_done(struct bed *b);

/* Another clip, or none (NULL). ERR_NOMEM. */
int bed_set(struct bed *b, const char *clip);

/* Has music made for what comes; before each chunk that is listened to. */
void bed_advance(struct bed *b, int64_t now_ns);
/* Nobody listens: lets the engine go. */
void bed_rest(struct bed *b);

/* Mixes `count` samples into `out`, lower while `speaking`. */
void bed_mix(struct bed *b, int16_t *out, uint64_t count, bool speaking);

#endif
