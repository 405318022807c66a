#include "ttsd/control/idempotency.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

struct key_entry {
	uint64_t id; /* 0: unused */
	const void *channel;
	int64_t until_ns; /* of one that has ended */
	bool ended;       /* and was spoken */
	char key[IDEMPOTENCY_KEY_BYTES];
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

static bool
is_known(const struct key_entry *e, int64_t now_ns)
{
	return e->id > 0 && (!e->ended || now_ns <= e->until_ns);
}

uint64_t
idempotency_find(const struct idempotency *k, const void *channel,
    const char *key, int64_t now_ns, bool *spoken)
{
	const struct key_entry *e, *end = k->entries + IDEMPOTENCY_KEYS_MAX;

	*spoken = false;
	for (e = k->entries; e < end; e++)
		if (is_known(e, now_ns) && e->channel == channel &&
		    strcmp(e->key, key) == 0) {
			*spoken = e->ended;
			return e->id;
		}
	return 0;
}

/* Is the first one to give way before the second one: unused, ended, older? */
static bool
gives_way_before(const struct key_entry *a, const struct key_entry *b)
{
	if ((a->id == 0) != (b->id == 0))
		return a->id == 0;
	if (a->ended != b->ended)
		return a->ended;
	return a->until_ns < b->until_ns;
}

/* The entry that gives way to a new one. */
static struct key_entry *
first_to_go(struct idempotency *k)
{
	struct key_entry *e, *end = k->entries + IDEMPOTENCY_KEYS_MAX;
	struct key_entry *at = k->entries;

	for (e = k->entries; e < end; e++)
		if (gives_way_before(e, at))
			at = e;
	return at;
}

bool
idempotency_next(
    const struct idempotency *k, size_t *at, struct idempotency_key *out)
{
	const struct key_entry *e;

	for (; *at < IDEMPOTENCY_KEYS_MAX; ++*at)
		if (k->entries[*at].id > 0)
			break;
	if (*at == IDEMPOTENCY_KEYS_MAX)
		return false;
	e = &k->entries[(*at)++];
	*out = (struct idempotency_key){ e->id, e->channel, e->key, e->until_ns,
		e->ended };
	return true;
}

void
idempotency_restore(struct idempotency *k, const struct idempotency_key *key)
{
	struct key_entry *at = first_to_go(k);

	*at = (struct key_entry){ .id = key->id,
		.channel = key->channel,
		.until_ns = key->until_ns,
		.ended = key->ended };
	snprintf(at->key, sizeof(at->key), "%s", key->key);
}

void
idempotency_add(struct idempotency *k, const void *channel, const char *key,
    uint64_t id, int64_t begin_ns)
{
	struct key_entry *at = first_to_go(k);

	*at = (struct key_entry){ .id = id,
		.channel = channel,
		/* The sum must not overflow. */
		.until_ns = begin_ns < INT64_MAX - k->window_ns
				? begin_ns + k->window_ns
				: INT64_MAX };
	snprintf(at->key, sizeof(at->key), "%s", key);
}

void
idempotency_end(struct idempotency *k, uint64_t id, bool spoken)
{
	struct key_entry *e, *end = k->entries + IDEMPOTENCY_KEYS_MAX;

	for (e = k->entries; k->entries && e < end; e++)
		if (e->id == id && spoken)
			e->ended = true;
		else if (e->id == id)
			*e = (struct key_entry){ 0 };
}
