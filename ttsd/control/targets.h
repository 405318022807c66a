/*
 * The channels that a request is for: its field "channel" holds the name of a
 * channel or of a zone, or a list of such names; without it the first channel
 * is meant.
 */
#ifndef TTSD_CONTROL_TARGETS_H
#define TTSD_CONTROL_TARGETS_H

#include "ttsd/control/ttsd.h"

struct targets {
	struct channel **channels; /* each once, in the order of the request */
	size_t count;
	/* They were asked for by a zone's name or as a list, so that answers
	 * tell them apart, also where there is only one. */
	bool many;
};

/* Finds them, and wakes them. Returns false with an error in `r` when there is
 * no such channel or zone. targets_done() is to follow either way. */
bool targets_pick(
    struct ttsd *t, const json_t *body, struct reply *r, struct targets *out);
void targets_done(struct targets *ts);

/* The same as a list of their names. NULL where the request names none, or with
 * an error in `r`. */
json_t *targets_names(struct ttsd *t, const json_t *body, struct reply *r);

/* Adds the names of a zone's channels to a list; what is no zone's as it is. */
void targets_add_names(const struct ttsd *t, const char *name, json_t **list);

/* Adds to the reply what is to be told of one of the channels: as the field
 * `one` where only one was asked for, else within the object `each`, by the
 * channel's name. Takes over `value`. */
void targets_answer(const struct targets *ts, const struct channel *ch,
    struct reply *r, const char *one, const char *each, json_t *value);

/* An error that one of several channels has names it. */
void targets_blame(
    const struct targets *ts, const struct channel *ch, struct reply *r);

#endif
