/*
 * Subscribers that account for every byte: what each got is the header and
 * then the channel's stream, contiguous but for the skips that were counted.
 */
#ifndef TESTS_SIM_WITNESS_H
#define TESTS_SIM_WITNESS_H

#include "ttsd/air/channel.h"

struct witness;

/* The first one of a channel is its reference: it reads all, and what the
 * others get is held against what it got. They may do to their peers what they
 * like; it closes last. */
struct witness *witness_open(struct channel *ch, struct witness *reference);
/* NULL is fine. */
void witness_close(struct witness *w);
struct stream *witness_peer(struct witness *w);
/* Has the daemon closed its end, or refused the witness? */
bool witness_is_over(const struct witness *w);

/* Checks after each step, the reference first. Returns NULL, or what is
 * wrong. */
const char *witness_check(struct witness *w);
/* Reads what waits, after the checks of a step. */
void witness_read(struct witness *w);

#endif
