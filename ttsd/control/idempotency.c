#include "ttsd/control/idempotency.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"

/* A power of two. The tables do not grow, which would hold up the sound for
 * milliseconds; of one that is not used, the system gives no memory. */
#define BUCKETS ((size_t)128 * 1024)

struct key_entry {
	struct key_entry *next_by_key, *next_by_id; /* of its bucket */
	struct key_entry *next_ended;
	uint64_t id;
	uint64_t hash; /* of channel and key */
	const void *channel;
	int64_t until_ns; /* of one that has ended */
	bool ended;       /* and was spoken */
	char key[];
};

int
idempotency_init(struct idempotency *k, int64_t window_ns)
{
	*k = (struct idempotency){ .window_ns = window_ns,
		.by_key = calloc(BUCKETS, sizeof(*k->by_key)),
		.by_id = calloc(BUCKETS, sizeof(*k->by_id)) };
	return k->by_key && k->by_id ? 0 : ERR_NOMEM;
}

void
idempotency_done(struct idempotency *k)
{
	struct key_entry *e, *next;
	size_t i;

	for (i = 0; k->by_id && k->by_key && i < BUCKETS; i++)
		for (e = k->by_id[i]; e; e = next) {
			next = e->next_by_id;
			free(e);
		}
	free(k->by_key);
	free(k->by_id);
	*k = (struct idempotency){ .window_ns = k->window_ns };
}

/* FNV-1a. */
static uint64_t
hash_of(const void *channel, const char *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uintptr_t)channel;

	for (; *key; key++)
		hash = (hash ^ (uint8_t)*key) * UINT64_C(0x100000001b3);
	return hash;
}

static struct key_entry **
key_bucket(const struct idempotency *k, uint64_t hash)
{
	return &k->by_key[(hash ^ hash >> 32) & (BUCKETS - 1)];
}

static struct key_entry **
id_bucket(const struct idempotency *k, uint64_t id)
{
	return &k->by_id[id & (BUCKETS - 1)];
}

static void
entry_link(struct idempotency *k, struct key_entry *e)
{
	struct key_entry **by_key = key_bucket(k, e->hash);
	struct key_entry **by_id = id_bucket(k, e->id);

	e->next_by_key = *by_key;
	*by_key = e;
	e->next_by_id = *by_id;
	*by_id = e;
}

/* Takes the entry out of both tables. */
static void
entry_free(struct idempotency *k, struct key_entry *e)
{
	struct key_entry **at = key_bucket(k, e->hash);

	while (*at != e)
		at = &(*at)->next_by_key;
	*at = e->next_by_key;
	at = id_bucket(k, e->id);
	while (*at != e)
		at = &(*at)->next_by_id;
	*at = e->next_by_id;
	free(e);
}

uint64_t
idempotency_find(const struct idempotency *k, const void *channel,
    const char *key, int64_t now_ns, bool *spoken)
{
	const struct key_entry *e = *key_bucket(k, hash_of(channel, key));
	uint64_t id = 0;

	/* They may have been put back in any order. */
	for (*spoken = false; e; e = e->next_by_key)
		if (e->id > id && (!e->ended || now_ns <= e->until_ns) &&
		    e->channel == channel && strcmp(e->key, key) == 0) {
			*spoken = e->ended;
			id = e->id;
		}
	return id;
}

bool
idempotency_next(const struct idempotency *k, const struct key_entry **at,
    struct idempotency_key *out)
{
	const struct key_entry *e = *at ? (*at)->next_by_id : NULL;
	size_t i = *at ? (size_t)(id_bucket(k, (*at)->id) - k->by_id) + 1 : 0;

	while (e == NULL && i < BUCKETS)
		e = k->by_id[i++];
	*at = e;
	if (e)
		*out = (struct idempotency_key){ e->id, e->channel, e->key,
			e->until_ns, e->ended };
	return e != NULL;
}

int
idempotency_restore(struct idempotency *k, const struct idempotency_key *key)
{
	size_t size = strlen(key->key) + 1;
	struct key_entry *e = malloc(sizeof(*e) + size);

	if (e == NULL)
		return ERR_NOMEM;
	*e = (struct key_entry){ .id = key->id,
		.hash = hash_of(key->channel, key->key),
		.channel = key->channel,
		.until_ns = key->until_ns };
	memcpy(e->key, key->key, size);
	entry_link(k, e);
	if (key->ended)
		idempotency_end(k, key->id, true);
	return 0;
}

int
idempotency_add(struct idempotency *k, const void *channel, const char *key,
    uint64_t id, int64_t begin_ns)
{
	return idempotency_restore(
	    k, &(struct idempotency_key){ .id = id,
		   .channel = channel,
		   .key = key,
		   /* The sum must not overflow. */
		   .until_ns = begin_ns < INT64_MAX - k->window_ns
				   ? begin_ns + k->window_ns
				   : INT64_MAX });
}

/* Forgets the one of those that have ended whose window ends first. */
static void
forget_one(struct idempotency *k)
{
	struct key_entry **at, **first = &k->ended, *e;

	for (at = &k->ended; *at; at = &(*at)->next_ended)
		if ((*at)->until_ns < (*first)->until_ns)
			first = at;
	e = *first;
	*first = e->next_ended;
	k->ended_count--;
	entry_free(k, e);
}

void
idempotency_end(struct idempotency *k, uint64_t id, bool spoken)
{
	struct key_entry *e = k->by_id ? *id_bucket(k, id) : NULL;

	while (e && e->id != id)
		e = e->next_by_id;
	if (e == NULL || e->ended)
		return;
	if (!spoken) {
		entry_free(k, e);
		return;
	}
	e->ended = true;
	e->next_ended = k->ended;
	k->ended = e;
	if (++k->ended_count > IDEMPOTENCY_ENDED_MAX)
		forget_one(k);
}
