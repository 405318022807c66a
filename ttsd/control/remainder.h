/*
 * The remainder of what a successor is handed, which may be long: who waits
 * behind the first few of each channel (ttsd/upgrade/estate.h), keys, and the
 * events that are remembered. A
 * copy of the program before tells it while sound goes on. Until all of it has
 * come, whoever asks for something that needs it waits.
 */
#ifndef TTSD_CONTROL_REMAINDER_H
#define TTSD_CONTROL_REMAINDER_H

#include "ttsd/control/ttsd.h"
#include "ttsd/upgrade/estate.h"

/* Adds it to the document of `e`, which has all else: for a trial, or where
 * little is left, the whole; or else the word of a copy of ours. ERR_NOMEM, and
 * as process_spawn(). */
int remainder_save(struct ttsd *t, struct estate *e, bool trial);
/* Lets go of the copy, for no successor came to be. */
void remainder_take_back(struct ttsd *t);

/* For a successor: finds what announcements have in common. remainder_free() is
 * due in either case. Fails as estate_hear_common(). */
int remainder_new(struct ttsd *t, struct parcel *p, struct remainder **out);
void remainder_free(struct remainder *re);
struct estate *remainder_estate(struct remainder *re);
/* The channels are there: takes the whole, and frees `re`; or begins to hear
 * the copy, as t->remainder. Fails as arrival_restore(); what a copy fails to
 * tell ends as failed. */
int remainder_begin(struct remainder *re);

/* An announcement has ended that may have a key. NULL is fine. */
void remainder_note_end(struct remainder *re, uint64_t id, bool spoken);

#endif
