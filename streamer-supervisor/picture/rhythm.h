/*
 * How long may a camera go without a picture? It is learnt from the pictures
 * that came, for a camera may send one in ten seconds or sixty in one, and what
 * it says of that is often wrong. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_RHYTHM_H
#define STREAMER_SUPERVISOR_PICTURE_RHYTHM_H

#include <stdbool.h>
#include <stdint.h>

/* What is waited for a picture while too few have come to tell. */
#define RHYTHM_UNKNOWN_NS INT64_C(10000000000)
/* It is at least so long, for a network may hold anything up. */
#define RHYTHM_LEAST_NS INT64_C(900000000)

/* Of one run of a camera. Starts as zeroes. */
struct rhythm {
	int64_t first_ns, last_ns; /* when pictures came; 0: none has */
	int64_t longest_ns;        /* between two of late */
};

/* A picture came. */
void rhythm_note(struct rhythm *r, int64_t now_ns);

/* Have enough come to tell? */
bool rhythm_is_known(const struct rhythm *r);
/* Returns how long to wait for the next one: three times the longest that was
 * waited of late. */
int64_t rhythm_patience_ns(const struct rhythm *r);

#endif
