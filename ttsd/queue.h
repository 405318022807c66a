/*
 * What waits to be said on one channel: first in, first out within each
 * priority, higher priorities first. Pure.
 */
#ifndef TTSD_QUEUE_H
#define TTSD_QUEUE_H

#include "ttsd/announcement.h"

/* Bytes of text that one queue holds, over all its items. */
#define QUEUE_TEXT_MAX (8 * 1024 * 1024)

struct queue {
	struct announcement *first[PRIORITY_COUNT];
	struct announcement **end[PRIORITY_COUNT];
	size_t count;
	size_t text_bytes;
	size_t max; /* items */
};

void queue_init(struct queue *q, size_t max);

/* Takes over `a`. ERR_FULL (and then does not). */
int queue_push(struct queue *q, struct announcement *a);

/* Whose turn is next; NULL when empty. */
struct announcement *queue_head(const struct queue *q);
/* The one behind `a` in the order of their turns; NULL behind the last. */
struct announcement *queue_after(
    const struct queue *q, const struct announcement *a);

struct announcement *queue_find(const struct queue *q, uint64_t id);
/* Places before `a`, which is in the queue. */
size_t queue_position(const struct queue *q, const struct announcement *a);

/* Takes `a` out; the caller owns it again. */
void queue_remove(struct queue *q, struct announcement *a);

#endif
