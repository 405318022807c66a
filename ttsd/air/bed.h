/*
 * Music under a channel: a clip that goes round without a seam, and gives way
 * while something is said.
 *
 * An engine makes it (the clip program, told to loop); should that fail, the
 * stream goes on without music, and it is tried again every few seconds.
 * Whatever changes does so within FADE_MS and without a click: another clip,
 * another volume, an engine that makes no more.
 */
#ifndef TTSD_AIR_BED_H
#define TTSD_AIR_BED_H

#include "common/buf.h"
#include "ttsd/air/mixer.h"
#include "ttsd/pool/engine.h"

/* So much sound is held ahead; a job that has made more waits. */
#define BED_AHEAD_MS 500
#define BED_RETRY_NS (5 * NS_PER_S)

struct bed_format {
	uint32_t rate_hz;
	uint32_t channels;
};

struct bed {
	struct bed_format format;
	struct engine *engine; /* the one that plays clips */
	char *clip;            /* name of the clip, owned; NULL: no bed */
	uint32_t volume;       /* percent */
	struct level level;    /* on its way to that volume */
	struct duck duck;
	struct fade fade; /* silent while too little music is there */
	struct tail tail; /* of the music before this */
	struct buf pcm;
	struct job *job;
	bool hushed;         /* it is not to be heard */
	bool ailing;         /* the last try failed, and the log says so */
	int64_t retry_ns;    /* no try before this */
	const char *channel; /* for the log */
};

struct bed_ducking {
	int64_t db;         /* how much lower under speech, below 0 */
	int64_t attack_ns;  /* from full level to that */
	int64_t release_ns; /* from there back to full level */
};

/* Has no music, at a volume of 100. Fails with ERR_NOMEM. */
int bed_init(struct bed *b, const char *channel, struct engine *engine,
    const struct bed_format *format, const struct bed_ducking *ducking);
void bed_done(struct bed *b);

/* Changes to another clip, or to none (NULL). Fails with ERR_NOMEM. */
int bed_set(struct bed *b, const char *clip);
/* The same of a name that is owned already; *clip is then the one before. */
void bed_change(struct bed *b, char **clip);
void bed_set_volume(struct bed *b, uint32_t percent);

/* Has music made ahead; it is called before each chunk that somebody hears. */
void bed_advance(struct bed *b, int64_t now_ns);
/* Lets the engine go, because nobody listens. */
void bed_rest(struct bed *b);

/* Has the work of an earlier ttsd on the music go on. */
void bed_take_over(struct bed *b, const json_t *job);

/* Mixes `count` samples into `out`, lower while `speaking`. */
void bed_mix(struct bed *b, int16_t *out, uint64_t count, bool speaking);

#endif
