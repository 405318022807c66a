/*
 * A text that engines speak for somebody who takes the sound himself, as fast
 * as it is made, on no channel: part after part, as frames of
 * common/sound/frame.h.
 *
 * What is made waits here, bounded, until it is taken; then the engine waits in
 * its own pipe. It makes way for what is on air (JOB_ASIDE).
 */
#ifndef TTSD_SPEECH_SPEAKING_H
#define TTSD_SPEECH_SPEAKING_H

#include "common/failure.h"
#include "common/sound/frame.h"
#include "ttsd/pool/engine.h"
#include "ttsd/queue/saying.h"

/* While so many bytes wait to be taken, no more are made: at 24 kHz some twenty
 * seconds. */
#define SPEAKING_AHEAD_MAX ((size_t)1024 * 1024)
/* An engine whose workers are all taken is waited for as long. */
#define SPEAKING_WAIT_NS (60 * NS_PER_S)

/* What is spoken, and how it is to sound. */
struct speech_order {
	struct saying *saying;
	uint32_t rate_hz, channels;
};

struct speaking {
	struct speech_order order; /* the saying is held */
	size_t step;               /* parts that were begun */
	struct engine *maker;      /* of the present part */
	struct job *job;           /* its work; NULL: none */
	uint64_t samples;          /* made so far */
	uint64_t part_start;       /* `samples` when the present part began */
	uint64_t pause_left;       /* samples of the pause that is made */
	struct buf frames;         /* those that wait to be taken */
	bool over;                 /* the last frame is among them */
	int64_t moved_ns;          /* when it last came on */
	/* There is something to take. */
	void (*more)(void *arg);
	void *arg;
};

/* Begins; it holds the saying. `more` may be called before this returns, and
 * from within speaking_take(). ERR_NOMEM. */
int speaking_new(const struct speech_order *order, void (*more)(void *arg),
    void *arg, struct speaking **out);
/* Nobody wants the rest. NULL is fine. */
void speaking_free(struct speaking *s);

/* Frames that wait: their bytes, and that so many were taken. */
size_t speaking_peek(const struct speaking *s, const uint8_t **data);
void speaking_take(struct speaking *s, size_t len);
/* Has everything been taken, to the end? */
bool speaking_is_over(const struct speaking *s);

/* Ends it with an error, behind what was made. */
void speaking_fail(struct speaking *s, enum failure_code code, const char *why);
/* The same where no worker came free in time. */
void speaking_check(struct speaking *s, int64_t now_ns);

#endif
