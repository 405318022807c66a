/*
 * Keys of requests that were accepted, so that a request sent twice (a retry, a
 * double click) is spoken once. A key belongs to one channel. It is known while
 * its announcement waits or is on air, and for a window after that was to
 * begin; an announcement that was not spoken takes its key along, so that the
 * retry is spoken. All of those that wait are held, and IDEMPOTENCY_ENDED_MAX
 * of the others. Pure.
 */
#ifndef TTSD_CONTROL_IDEMPOTENCY_H
#define TTSD_CONTROL_IDEMPOTENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDEMPOTENCY_ENDED_MAX 4096
/* Bytes of one key, with its terminator. */
#define IDEMPOTENCY_KEY_BYTES 128

struct idempotency {
	struct key_entry **by_key, **by_id; /* tables of chains */
	struct key_entry *ended;            /* a list of them */
	size_t ended_count;
	int64_t window_ns;
};

/* Fails with ERR_NOMEM. */
int idempotency_init(struct idempotency *k, int64_t window_ns);
void idempotency_done(struct idempotency *k);

/* Returns the id that a channel accepted with this key, the latest one, and
 * whether it was spoken already; 0: none that counts any more. */
uint64_t idempotency_find(const struct idempotency *k, const void *channel,
    const char *key, int64_t now_ns, bool *spoken);
/* Adds a key that is not there, or whose announcements were spoken, of one that
 * is to begin at `begin_ns`. ERR_NOMEM. */
int idempotency_add(struct idempotency *k, const void *channel, const char *key,
    uint64_t id, int64_t begin_ns);
/* Go through all that are known, from `*at` = NULL on, in no order; false
 * behind the last. `out` shows one, until it is forgotten. */
struct idempotency_key {
	uint64_t id;
	const void *channel;
	const char *key;
	int64_t until_ns;
	bool ended;
};
struct key_entry;
bool idempotency_next(const struct idempotency *k, const struct key_entry **at,
    struct idempotency_key *out);
/* Puts one back as it was. ERR_NOMEM. */
int idempotency_restore(
    struct idempotency *k, const struct idempotency_key *key);
/* The announcement of that id has ended. Where that is one too many, the one
 * gives way whose window ends first. */
void idempotency_end(struct idempotency *k, uint64_t id, bool spoken);

#endif
