#include "tests/sim/witness.h"

#include <stdlib.h>
#include <string.h>

#include "common/sound/wav.h"
#include "tests/fake/fake.h"

/* The reference's memory, by position in bytes. */
#define KEPT_BYTES (1 << 20)
#define REFERENCE_ROOM (64 * 1024 * 1024)

struct witness {
	struct channel *channel;
	struct witness *reference; /* NULL: this is the reference */
	struct stream *peer;
	int64_t pid;
	uint64_t read; /* bytes, of all */
	bool joined;
	/* These are of the last check. */
	uint64_t written, cursor, skips, clock_skips;
	/* What a reference got since position `since`. */
	uint8_t *kept;
	uint64_t since;
};

static const struct subscriber *
subscriber_of(const struct witness *w)
{
	const struct subscriber *sub = w->channel->subscribers;

	while (sub && sub->pid != w->pid)
		sub = sub->next;
	return sub;
}

struct witness *
witness_open(struct channel *ch, struct witness *reference)
{
	static int64_t last_pid = 100000;
	struct witness *w = calloc(1, sizeof(*w));

	w->channel = ch;
	w->reference = reference;
	w->pid = ++last_pid;
	w->peer = peer_connect(ch->path);
	peer_set_pid(w->peer, w->pid);
	fake_settle();
	if (reference == NULL) {
		peer_set_room(w->peer, REFERENCE_ROOM);
		w->kept = calloc(1, KEPT_BYTES);
	}
	return w;
}

void
witness_close(struct witness *w)
{
	if (w == NULL)
		return;
	peer_close(w->peer);
	free(w->kept);
	free(w);
}

struct stream *
witness_peer(struct witness *w)
{
	return w->peer;
}

bool
witness_is_over(const struct witness *w)
{
	return peer_ended(w->peer);
}

/* ---- the accounts ----------------------------------------------------- */

static uint64_t
written_to(const struct witness *w)
{
	return w->read + peer_len(w->peer);
}

/* How many of the bytes are sound; the header is none. */
static uint64_t
sound_of(uint64_t written)
{
	return written > WAV_HEADER_BYTES ? written - WAV_HEADER_BYTES : 0;
}

static void
keep(struct witness *w, const uint8_t *data, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		w->kept[from % KEPT_BYTES] = *data++;
}

static bool
is_as_kept(const struct witness *reference, const uint8_t *data, uint64_t from,
    uint64_t to)
{
	if (from < reference->since || to > reference->cursor ||
	    reference->cursor - from > KEPT_BYTES)
		return true;
	for (; from < to; from++)
		if (reference->kept[from % KEPT_BYTES] != *data++)
			return false;
	return true;
}

static const char *
check_bytes(struct witness *w, uint64_t from, uint64_t to)
{
	const uint8_t *data =
	    peer_data(w->peer) + peer_len(w->peer) - (to - from);

	if (w->reference == NULL)
		keep(w, data, from, to);
	else if (!is_as_kept(w->reference, data, from, to))
		return "a subscriber got other samples than the rest";
	return NULL;
}

static const char *
check_step(struct witness *w, uint64_t got, uint64_t cursor, bool skipped)
{
	size_t whole = w->channel->sample_bytes;

	if (cursor > w->channel->ring.head || cursor < w->channel->ring.tail)
		return "a subscriber stands outside the ring";
	if (sound_of(written_to(w)) % whole != cursor % whole)
		return "a subscriber was moved by half a sample";
	if (skipped && got > cursor - w->cursor)
		return "a subscriber got more than there was";
	if (!skipped && got != cursor - w->cursor)
		return "samples were lost or made up";
	return got > 0 && !skipped ? check_bytes(w, cursor - got, cursor)
				   : NULL;
}

static void
remember(struct witness *w, const struct subscriber *sub)
{
	w->written = written_to(w);
	w->cursor = sub->cursor;
	w->skips = sub->skips;
	w->clock_skips = w->channel->counters.clock_skips;
}

const char *
witness_check(struct witness *w)
{
	const struct subscriber *sub = subscriber_of(w);
	uint64_t written = written_to(w);
	const char *wrong;
	bool skipped;

	if (sub == NULL)
		return witness_is_over(w) ? NULL : "a subscriber is forgotten";
	if (!w->joined) {
		w->joined = true;
		w->since = w->cursor =
		    sub->first_sample * w->channel->sample_bytes;
		w->clock_skips = w->channel->counters.clock_skips;
	}
	skipped = w->skips != sub->skips ||
		  w->clock_skips != w->channel->counters.clock_skips;
	wrong = check_step(
	    w, sound_of(written) - sound_of(w->written), sub->cursor, skipped);
	if (skipped)
		w->since = sub->cursor;
	remember(w, sub);
	return wrong;
}

void
witness_read(struct witness *w)
{
	size_t n = peer_len(w->peer);

	w->read += n;
	peer_take(w->peer, n);
}
