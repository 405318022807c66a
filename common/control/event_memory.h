/*
 * The last events of a daemon, each under its number, for who was away and asks
 * for what it missed. The first ones give way to new ones. Pure.
 */
#ifndef COMMON_CONTROL_EVENT_MEMORY_H
#define COMMON_CONTROL_EVENT_MEMORY_H

#include "common/control/session.h"

struct event_memory {
	struct event_memory_entry *entries; /* a ring */
	size_t first, count, cap;
	size_t bytes, bytes_max;
	uint64_t number; /* of the last event */
	uint64_t from;   /* from that number on none is missing */
};

/* Holds at most so many bytes; numbers go on behind `number`. */
void event_memory_init(
    struct event_memory *m, size_t bytes_max, uint64_t number);
void event_memory_done(struct event_memory *m);

/* Has numbers go on behind `number`, where that is higher than the last one:
 * what is there is of another count, and forgotten. */
void event_memory_leap(struct event_memory *m, uint64_t number);

/* Remembers the last event that was numbered, `line`, of which it takes a
 * reference. NULL, or no memory for it: it is missing, so that all before it is
 * forgotten. `channel` is NULL where it is of none. */
void event_memory_add(struct event_memory *m, unsigned event,
    const char *channel, struct shared_line *line);

/* Sends a session what it wants of those behind the number `since`. */
void event_memory_tell(
    const struct event_memory *m, struct session *s, uint64_t since);

/* From one program to its successor: all that is remembered, as lines; events
 * by their names, for another version may number them otherwise. Fail as
 * buf_put() and with ERR_NOMEM; or with ERR_INVALID, and what was good is
 * taken. */
int event_memory_copy(
    const struct event_memory *m, const char *const *names, struct buf *out);
int event_memory_refill(struct event_memory *m, const char *const *names,
    struct outbox_sum *sum, const char *lines, size_t len);
/* Puts what was refilled before what has been remembered meanwhile, and leaves
 * `older` empty. Without memory for that it is forgotten. */
void event_memory_put_before(
    struct event_memory *m, struct event_memory *older);

#endif
