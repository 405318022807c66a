/*
 * One announcement: what is to be said and how, and the sound and marks of
 * it that the engine has made so far.
 *
 * Pure: it neither knows engines nor time. A sample here is one point in
 * time, of all channels together ("sample frame").
 */
#ifndef TTSD_ANNOUNCEMENT_H
#define TTSD_ANNOUNCEMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define PRIORITIES(X)               \
	X(BACKGROUND, "background") \
	X(NORMAL, "normal")         \
	X(HIGH, "high")             \
	X(URGENT, "urgent")

enum priority {
#define X(name, text) PRIORITY_##name,
	PRIORITIES(X)
#undef X
	    PRIORITY_COUNT
};

/* NULL-terminated. */
extern const char *const priority_names[];

#define OUTCOMES(X)               \
	X(SPOKEN, "spoken")       \
	X(CANCELLED, "cancelled") \
	X(EXPIRED, "expired")     \
	X(FAILED, "failed")

enum outcome {
#define X(name, text) OUTCOME_##name,
	OUTCOMES(X)
#undef X
	    OUTCOME_COUNT
};

const char *outcome_name(enum outcome outcome);

/* How text is spoken. Strings are owned; NULL and 0 are the engine's
 * defaults. */
struct speech {
	char *text; /* UTF-8 */
	char *voice;
	char *language;
	int64_t rate;   /* words a minute */
	int64_t pitch;  /* 0 to 100; -1: default */
	int64_t volume; /* 0 to 200; -1: default */
};

struct announcement_mark {
	uint64_t sample; /* from the start of the announcement */
	json_t *body;    /* as the engine sent it */
};

/* Marks one announcement may have; further ones are left out. */
#define ANNOUNCEMENT_MARKS_MAX 100000

struct announcement {
	struct announcement *next; /* the queue's */
	uint64_t id;
	enum priority priority;
	struct speech speech;

	struct buf pcm;      /* made, not yet played */
	size_t sample_bytes; /* bytes of one sample of all channels */
	uint64_t played;     /* samples */
	bool complete;       /* the engine makes no more */
	uint64_t silence;    /* samples lost to a slow engine so far */
	bool starved;        /* the engine is behind just now */
	bool cancelled;      /* fades out, then ends */
	bool failed;         /* ends as failed once all of it was played */
	char reason[200];    /* of being cancelled or failed */

	struct announcement_mark *marks;
	size_t marks_taken, mark_count, mark_cap;

	bool submitted; /* an engine was asked for it */
	bool on_air;
	/* Stream positions, once on air; `last` is that of the last sample
	 * that was played, first - 1 before there is one. */
	uint64_t first_sample, last_sample;

	/* The rest belongs to playout.c. */
	struct playout *playout;
	struct engine *engine;
	struct job *job; /* the engine's work on it, while there is some */
};

/* Takes over the strings of `speech`, also when it fails (NULL). */
struct announcement *announcement_new(
    struct speech *speech, size_t sample_bytes);
void announcement_free(struct announcement *a);

void speech_done(struct speech *s);

/* Bytes of sound that one announcement ever holds: a last resort, for who
 * makes the sound is held up long before. */
#define ANNOUNCEMENT_PCM_MAX (64 * 1024 * 1024)

/* Adds sound; ERR_FULL, ERR_NOMEM. */
int announcement_add_pcm(
    struct announcement *a, const uint8_t *data, size_t len);
/* Adds a mark {"mark":…,"sample":N,…}, in the order of samples. */
void announcement_add_mark(struct announcement *a, const json_t *mark);

/* Samples that could be played now. */
uint64_t announcement_available(const struct announcement *a);

/* Moves at most `count` samples to `out`; returns how many. */
uint64_t announcement_take(
    struct announcement *a, int16_t *out, uint64_t count);

/* Takes the next mark that lies within what was played; false without one.
 * The caller releases out->body. */
bool announcement_take_mark(
    struct announcement *a, struct announcement_mark *out);

/* Everything that there is to hear has been played. */
bool announcement_over(const struct announcement *a);

#endif
