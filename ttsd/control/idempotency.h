/*
 * Keys that were accepted of late, so that a request sent twice (a retry, a
 * double click) is spoken once. Pure; the newest IDEMPOTENCY_KEYS_MAX are
 * remembered.
 */
#ifndef TTSD_CONTROL_IDEMPOTENCY_H
#define TTSD_CONTROL_IDEMPOTENCY_H

#include <stdint.h>

#define IDEMPOTENCY_KEYS_MAX 4096
/* Bytes of one key, with its terminator. */
#define IDEMPOTENCY_KEY_BYTES 128

struct idempotency {
	struct key_entry *entries; /* a ring */
	unsigned next;             /* the oldest, and the next to go */
	int64_t window_ns;
};

/* ERR_NOMEM. */
int idempotency_init(struct idempotency *k, int64_t window_ns);
void idempotency_done(struct idempotency *k);

/* Returns the id that was accepted with this key within the window, or 0. */
uint64_t idempotency_find(
    const struct idempotency *k, const char *key, int64_t now_ns);
/* Remembers that `id` was accepted with this key, which is shorter than
 * IDEMPOTENCY_KEY_BYTES. */
void idempotency_add(
    struct idempotency *k, const char *key, uint64_t id, int64_t now_ns);

#endif
