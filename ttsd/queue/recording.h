/*
 * The sound and the marks of an announcement, as far as they are made. Several
 * announcements that say the same share one: its readers, each of which plays
 * from its own place. What lies further behind the foremost of them than
 * `behind` is dropped; a reader that still needs it parts, and has it made
 * again for itself. Pure.
 */
#ifndef TTSD_QUEUE_RECORDING_H
#define TTSD_QUEUE_RECORDING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct announcement;

/* How far the sound of an announcement is made. */
#define MAKINGS(X)                \
	X(NOT_BEGUN, "not-begun") \
	X(UNDER_WAY, "under-way") \
	X(DONE, "done")           \
	X(FAILED, "failed") /* what was made before is played still */

enum making {
#define X(name, text) MAKING_##name,
	MAKINGS(X)
#undef X
	    MAKING_COUNT
};

struct recording_mark {
	uint64_t sample; /* from the start */
	json_t *body;    /* as the engine sent it */
	size_t part;     /* of the announcement, by number */
};

/* One recording holds at most so many marks at a time; further ones are left
 * out. */
#define RECORDING_MARKS_MAX 100000
/* And never more bytes of sound than this. It is a last resort: the engine is
 * held up long before. */
#define RECORDING_PCM_MAX (64 * 1024 * 1024)

/* For `behind`: all of it is kept. */
#define RECORDING_ALL ((uint64_t)INT64_MAX)

struct recording {
	struct announcement *readers; /* linked by `next_reader` */
	enum making making;
	size_t step;         /* how many parts and gaps were begun */
	uint64_t pause_left; /* samples of the pause that is being made */
	uint64_t samples;    /* made so far */
	uint64_t part_start; /* `samples` when the present part began */
	struct buf pcm;      /* those that are kept */
	uint64_t dropped;    /* samples before them */
	uint64_t front;      /* so many the foremost reader has played */
	uint64_t behind;     /* so many are kept behind it */
	size_t sample_bytes; /* of one sample of all channels */
	struct recording_mark *marks;
	size_t mark_count, mark_cap;
	struct job *job;  /* the engine's work on the present part */
	bool fell_back;   /* the engine's fallback makes the present part */
	bool makeshift;   /* a fallback has made something of it */
	char reason[200]; /* why the making failed */
};

/* NULL without memory. */
struct recording *recording_new(size_t sample_bytes);
void recording_free(struct recording *r);
/* Forgets all that was made. */
void recording_clear(struct recording *r);

/* Add sound, and silence. Fail with ERR_FULL or ERR_NOMEM. */
int recording_add_pcm(struct recording *r, const uint8_t *data, size_t len);
int recording_add_silence(struct recording *r, uint64_t samples);
/* Adds a mark {"mark":…,"sample":N,…} of that part, in order; the caller
 * changes it no more. ERR_FULL, ERR_NOMEM: it is left out. */
int recording_add_mark(struct recording *r, json_t *mark, size_t part);

/* Is all of it made, and none of it dropped? */
bool recording_is_whole(const struct recording *r);
/* How many samples are made that the foremost reader has not played. */
uint64_t recording_ahead(const struct recording *r);
/* Copies `count` samples from number `from` on, which are there, and drops what
 * nobody is waited for with any more. */
void recording_play(
    struct recording *r, uint64_t from, int16_t *out, uint64_t count);

/* Makes `a` a reader, and ends that; returns whether there is another. */
void recording_join(struct recording *r, struct announcement *a);
bool recording_leave(struct recording *r, struct announcement *a);

#endif
