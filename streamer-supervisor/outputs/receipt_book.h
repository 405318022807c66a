/*
 * The receipts that one output owes (receipts/owed.h): one for each
 * announcement that has ended on its channel, from then on until it is known
 * what became of it. Each state is told by env->receipt.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_RECEIPT_BOOK_H
#define STREAMER_SUPERVISOR_OUTPUTS_RECEIPT_BOOK_H

#include <jansson.h>

#include "streamer-supervisor/receipts/owed.h"
#include "streamer-supervisor/sender/environment.h"

/* So many are owed at a time; of more the oldest is not known. */
#define BOOK_MAX 256

/* The holder fills in the first part. */
struct receipt_book {
	const struct environment *env;
	const char *output, *channel;
	bool hears; /* the output is to be listened to */
	/* How far is what is sent? `acks`: look for what is acknowledged too.
	 */
	void (*look)(void *arg, bool acks, struct owed_sender *out);
	/* The reader that the output's ffmpeg is, where it reads no audio
	 * socket; false: it is none. */
	bool (*reading)(void *arg, struct owed_reader *out);
	void *arg;

	struct owed *owed; /* in the order in which they ended */
	size_t count, cap;
	struct timer *timer;
	uint64_t told[OWED_STATE_COUNT];
};

/* Fails as timer_new(). */
int book_init(struct receipt_book *b);
/* Tells nothing: see book_lose(). */
void book_done(struct receipt_book *b);

/* An announcement has ended. */
void book_owe(struct receipt_book *b, const struct owed_span *span);
/* ttsd says who reads the channel: the channel of a `status`. */
void book_readers(struct receipt_book *b, const json_t *channel);
/* The ear says what became of one (ear/words.h). */
void book_heard(struct receipt_book *b, const json_t *receipt);
/* Nobody will know what became of all that are owed. */
void book_lose(struct receipt_book *b, const char *why);
/* Nor of this one, of which another supervisor has known, if anybody has. */
void book_disown(struct receipt_book *b, uint64_t id, const char *why);

/* Return what the program's successor needs to go on with it, NULL without
 * memory; and go on with it. ERR_INVALID, ERR_NOMEM. */
json_t *book_hand_over(const struct receipt_book *b);
int book_take_over(struct receipt_book *b, const json_t *word);

/* Is that one owed? */
bool book_owes(const struct receipt_book *b, uint64_t id);
/* How many of each state were told; of `status`. */
json_t *book_status(const struct receipt_book *b);

#endif
