#include "ttsd/control/idempotency.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

struct key_entry {
	char key[IDEMPOTENCY_KEY_BYTES];
	uint64_t id; /* 0: unused */
	int64_t at_ns;
};

int
idempotency_init(struct idempotency *k, int64_t window_ns)
{
	*k = (struct idempotency){ .window_ns = window_ns,
		.entries = calloc(IDEMPOTENCY_KEYS_MAX, sizeof(*k->entries)) };
	return k->entries ? 0 : ERR_NOMEM;
}

void
idempotency_done(struct idempotency *k)
{
	free(k->entries);
	k->entries = NULL;
}

/* Looks at the newest keys first: what is repeated was mostly said just now. */
uint64_t
idempotency_find(const struct idempotency *k, const char *key, int64_t now_ns)
{
	const struct key_entry *e;
	unsigned i;

	for (i = 1; i <= IDEMPOTENCY_KEYS_MAX; i++) {
		e = &k->entries[(k->next + IDEMPOTENCY_KEYS_MAX - i) %
				IDEMPOTENCY_KEYS_MAX];
		if (e->id == 0 || now_ns - e->at_ns > k->window_ns)
			return 0;
		if (strcmp(e->key, key) == 0)
			return e->id;
	}
	return 0;
}

void
idempotency_add(
    struct idempotency *k, const char *key, uint64_t id, int64_t now_ns)
{
	struct key_entry *e;

	e = &k->entries[k->next];
	snprintf(e->key, sizeof(e->key), "%s", key);
	e->id = id;
	e->at_ns = now_ns;
	k->next = (k->next + 1) % IDEMPOTENCY_KEYS_MAX;
}
