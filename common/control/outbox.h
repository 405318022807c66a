/*
 * What waits to be written to one peer: its own answers, and lines that it
 * shares with others, in the order in which they were put. A line that goes to
 * many is held once, however many have yet to read it. Pure.
 */
#ifndef COMMON_CONTROL_OUTBOX_H
#define COMMON_CONTROL_OUTBOX_H

#include "common/buf.h"

/* Bytes that all outboxes of one server hold, each shared line once. Starts as
 * zero, and outlives what refers to it. */
struct outbox_sum {
	size_t bytes;
};

/* One line for many readers; whoever holds it has a reference. */
struct shared_line;

/* Copies `text`, without its newline, and adds one. The caller holds the one
 * reference. NULL: out of memory. */
struct shared_line *shared_line_new(struct outbox_sum *sum, const char *text);
/* Takes one more reference, and returns the line. */
struct shared_line *shared_line_keep(struct shared_line *line);
/* Gives one reference back; NULL is fine. */
void shared_line_release(struct shared_line *line);
/* The text, with its newline. */
const char *shared_line_text(const struct shared_line *line, size_t *len);
/* Bytes that it takes, once for all who hold it. */
size_t shared_line_size(const struct shared_line *line);

struct outbox {
	/* Answers are put into it like into any buffer; its bound is for the
	 * shared lines, too. */
	struct buf own;
	struct outbox_sum *sum;
	struct outbox_entry *entries; /* a ring */
	size_t first, count, cap;
	size_t between;    /* bytes of `own` that lie before the last line */
	size_t line_bytes; /* of the lines, unread */
	size_t read;       /* of the first line */
	size_t counted;    /* in the sum */
	bool within;       /* what was read last ended within a line */
};

void outbox_init(struct outbox *o, size_t max, struct outbox_sum *sum);
void outbox_done(struct outbox *o);

/* Bytes that wait. */
size_t outbox_len(const struct outbox *o);

/* Puts a line behind all that was put before, and takes a reference. Fails with
 * ERR_FULL where it would pass the bound, and with ERR_NOMEM. */
int outbox_share(struct outbox *o, struct shared_line *line);

/* The bytes that are next and lie together; returns how many, 0 only where none
 * wait. Valid until anything is put. */
size_t outbox_peek(const struct outbox *o, const uint8_t **data);
/* Drops bytes from the front, at most what outbox_peek() told. */
void outbox_consume(struct outbox *o, size_t len);

/* Drops all that waits but the rest of the line whose beginning was read. */
void outbox_cut(struct outbox *o);
void outbox_clear(struct outbox *o);

/* Copies all that waits. And puts it back into an outbox that is empty;
 * `within` as it was. Fail as buf_put(). */
int outbox_copy(const struct outbox *o, struct buf *out);
int outbox_refill(struct outbox *o, const void *data, size_t len, bool within);

/* Brings the sum up to date with what was put into `own`. */
void outbox_settle(struct outbox *o);

#endif
