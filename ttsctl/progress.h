/*
 * How far `say --wait` has come, in one line of a terminal at standard error
 * that is written over. It has a connection of its own, on which nothing of the
 * waiting depends.
 */
#ifndef TTSCTL_PROGRESS_H
#define TTSCTL_PROGRESS_H

#include "ttsctl/air.h"
#include "ttsctl/link.h"

/* What is known of what is waited for. */
struct waiting {
	const struct air *air;
	const json_t *queues; /* lists, by channel, as `queue` answers */
	const json_t *ids;    /* of those that are not over */
	const json_t *owed;   /* lists of outputs, by id, of those that are to
				 be heard; NULL: none is */
};

/* Writes a line of at most so many columns about it, "" where there is nothing
 * to say, in `size` bytes. Pure. */
void progress_write(char *out, size_t size, unsigned columns,
    const struct waiting *w, int64_t now_ms);

struct progress {
	bool on;
	struct link link;
	struct air air;
	json_t *channels; /* list of those that are asked for; NULL: which the
			     first one is is not known yet */
	struct waiting waiting;
	json_t *queues;
};

/* Begins to tell, where there is a terminal and the call wants more than an id
 * or JSON. Ids and what is owed are the caller's and may change.
 * progress_done() is due. */
void progress_init(struct progress *p, const struct call *call,
    const json_t *ids, const json_t *owed);
void progress_done(struct progress *p);

#endif
