/*
 * What waits to be said on one channel: first in, first out within each
 * priority, higher priorities first; and what is to wait only from a later
 * time on. Pure: times are given, in monotonic nanoseconds.
 */
#ifndef TTSD_QUEUE_QUEUE_H
#define TTSD_QUEUE_QUEUE_H

#include "ttsd/queue/announcement.h"

/* One queue holds at most so many bytes of text, over all its items. */
#define QUEUE_TEXT_MAX (8 * 1024 * 1024)

struct queue {
	struct announcement *first[PRIORITY_COUNT];
	struct announcement **end[PRIORITY_COUNT];
	struct announcement *scheduled; /* not due yet, the next one first */
	struct announcement *latest;    /* the last of those; NULL: none */
	size_t count;                   /* of all items */
	size_t counts[PRIORITY_COUNT];  /* of items by priority */
	size_t in_line[PRIORITY_COUNT]; /* of those that are due */
	size_t text_bytes;
	size_t max;             /* items */
	int64_t next_expiry_ns; /* none expires before; INT64_MAX */
};

void queue_init(struct queue *q, size_t max);

/* Is there room for `a`? */
bool queue_takes(const struct queue *q, const struct announcement *a);
/* Is there room for `a` in place of `old`, which is in the queue? */
bool queue_takes_instead(const struct queue *q, const struct announcement *a,
    const struct announcement *old);
/* Takes over `a`, which waits for its turn from a->asked.due_ns on where that
 * is later than `now_ns`. Fails with ERR_FULL; `a` is then the caller's. */
int queue_push(struct queue *q, struct announcement *a, int64_t now_ns);

/* Takes over `a`, for which there is room, and takes `old` out, which is the
 * caller's again. Of two that wait for their turn with the same priority, the
 * one gets the other's place; else `a` is pushed as any other. */
void queue_replace(struct queue *q, struct announcement *old,
    struct announcement *a, int64_t now_ns);

/* Puts `a` right before `before`, or, with NULL, behind all others of its
 * priority. False where one of them does not wait for its turn, or `before` is
 * of another priority: then nothing is changed. */
bool queue_move(
    struct queue *q, struct announcement *a, struct announcement *before);

/* Takes back an announcement that had its turn, before all others of its
 * priority. */
void queue_push_first(struct queue *q, struct announcement *a);

/* The announcement whose turn is next; NULL when there is none. */
struct announcement *queue_head(const struct queue *q);
/* The announcement behind `a` in the order of their turns, those that are not
 * due yet last; NULL behind the last. */
struct announcement *queue_after(
    const struct queue *q, const struct announcement *a);
/* The first announcement in that order; it differs from the head when none is
 * due. */
struct announcement *queue_first(const struct queue *q);

struct announcement *queue_find(const struct queue *q, uint64_t id);
/* How many announcements are before `a`, which is in the queue. */
size_t queue_position(const struct queue *q, const struct announcement *a);

/* Takes `a` out; the caller owns it again. */
void queue_remove(struct queue *q, struct announcement *a);

/* Puts in line the announcements whose time has come. */
void queue_advance(struct queue *q, int64_t now_ns);
/* Moves what is to be said at a time of day, and its expiry, by `delta_ns`, for
 * the wall clock was set. Returns how many announcements that were. */
size_t queue_follow_clock(struct queue *q, int64_t delta_ns);
/* When queue_advance() has something to do next; INT64_MAX. */
int64_t queue_next_due_ns(const struct queue *q);

/* Takes out an announcement that has waited too long; NULL when there is none.
 * The call costs nothing before next_expiry_ns. */
struct announcement *queue_take_expired(struct queue *q, int64_t now_ns);

#endif
