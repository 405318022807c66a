/*
 * Receipts on their way to ttsd: in order, many at a time, and again where ttsd
 * was lost before it answered. It holds a bounded number while there is none.
 * Pure.
 */
#ifndef STREAMER_SUPERVISOR_RECEIPTS_POST_H
#define STREAMER_SUPERVISOR_RECEIPTS_POST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One request takes so many (ttsd/control/receipt.h). */
#define POST_BATCH 64
/* Of more that wait the oldest are lost. */
#define POST_MAX 10000

/* It starts as zeroes. */
struct post {
	json_t *waiting;  /* list; NULL: empty */
	size_t under_way; /* the first so many were sent, unanswered */
	uint64_t lost;    /* for want of room, or of memory */
};

void post_done(struct post *p);

/* Adds a receipt; takes it over. NULL: there was no memory for it. */
void post_add(struct post *p, json_t *receipt);

/* Return what the program's successor has still to send, and go on with it. */
json_t *post_hand_over(const struct post *p);
void post_take_over(struct post *p, const json_t *word);

/* Returns the next request, which the caller frees, with its newline; NULL
 * where nothing waits, one is under way, or memory is out. */
char *post_next(struct post *p);
/* ttsd has answered it, or is lost before. */
void post_answered(struct post *p);
void post_again(struct post *p);

#endif
