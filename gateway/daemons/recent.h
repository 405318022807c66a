/*
 * The last events of a daemon, in the order in which they came, for readers
 * that take them at their own pace. The first ones give way to new ones. Pure.
 */
#ifndef GATEWAY_DAEMONS_RECENT_H
#define GATEWAY_DAEMONS_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Events that are kept, and bytes of their lines. */
#define RECENT_EVENTS_MAX 1024
#define RECENT_BYTES_MAX ((size_t)1024 * 1024)

struct recent_event {
	const char *line; /* JSON, without its newline, with a NUL */
	size_t len;
	const char *name, *channel; /* "": it has none */
	uint64_t number;            /* `seq`; 0: it has none */
};

struct recent {
	struct recent_event kept[RECENT_EVENTS_MAX];
	uint64_t first, end; /* of those that are kept, counted */
	size_t bytes;
	uint64_t last; /* number of the last event; 0: not known */
	/* Who has seen up to that number finds all later ones here, or they are
	 * still to come. */
	uint64_t complete_since;
};

/* Events behind the number `since` are to come; 0: from now on. */
void recent_init(struct recent *r, uint64_t since);
void recent_done(struct recent *r);

/* The daemon has told the number of its last event: that is where this begins,
 * unless it has begun. */
void recent_begin(struct recent *r, uint64_t number);
/* Keeps a copy of a line. One that is no event is left out; one that there is
 * no memory for is as if it had been dropped. */
void recent_keep(struct recent *r, const char *line, size_t len);

/* A reader's place: before the first that is kept behind the number `since`; 0:
 * behind the last one. */
uint64_t recent_place(const struct recent *r, uint64_t since);
/* The event at a place, which goes on behind it; valid until another is kept.
 * False: there is none yet. `*lost` is set where some were dropped before it.
 */
bool recent_take(const struct recent *r, uint64_t *place,
    struct recent_event *out, bool *lost);

#endif
