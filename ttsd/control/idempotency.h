/*
 * Keys that were accepted of late, so that a request sent twice (a retry, a
 * double click) is spoken once. Pure; the newest KEYS_MAX are remembered.
 */
#ifndef TTSD_KEYS_H
#define TTSD_KEYS_H

#include <stdint.h>

#define KEYS_MAX 4096
/* Bytes of one key, with its terminator. */
#define KEY_BYTES 128

struct keys {
	struct key_entry *entries; /* a ring, allocated with the first */
	unsigned next;             /* the oldest, and the next to go */
	int64_t window_ns;
};

void keys_init(struct keys *k, int64_t window_ns);
void keys_done(struct keys *k);

/* The id that was accepted with this key within the window; 0: none. */
uint64_t keys_find(const struct keys *k, const char *key, int64_t now_ns);
/* ERR_NOMEM. The key is shorter than KEY_BYTES. */
int keys_add(struct keys *k, const char *key, uint64_t id, int64_t now_ns);

#endif
