/*
 * Where an announcement comes from, for people who look at the queue: when it
 * was asked for, for whom, by which message and key. Nothing is decided by it.
 * Pure.
 */
#ifndef TTSD_QUEUE_ORIGIN_H
#define TTSD_QUEUE_ORIGIN_H

#include <jansson.h>
#include <stdint.h>

struct origin {
	int64_t accepted_ms; /* UTC since 1970; 0: not known */
	/* Owned; NULL: there is none. */
	char *key, *by, *message;
};

/* Takes them from an object that may have fields of those names. ERR_NOMEM. */
int origin_read(struct origin *o, const json_t *from);
/* Adds those that there are to an object. */
void origin_put(const struct origin *o, json_t **body);
void origin_done(struct origin *o);

#endif
