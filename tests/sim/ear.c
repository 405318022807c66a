#include "tests/sim/ear.h"

#include <stdlib.h>
#include <string.h>

#include "common/le.h"
#include "common/sound/wav.h"
#include "tests/unit/test.h"

struct ear {
	struct stream *peer;
	uint8_t header[WAV_HEADER_BYTES], expected[WAV_HEADER_BYTES];
	size_t header_len;
	bool keep;
	bool noisy;
	uint8_t odd; /* the first byte of a sample that is half here */
	bool has_odd;
	int16_t *samples;
	uint64_t first, count, cap;
};

static void
hear_sample(struct ear *e, int16_t value)
{
	e->noisy = e->noisy || value != 0;
	if (e->keep && e->count == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 65536;
		e->samples = realloc(e->samples, e->cap * sizeof(*e->samples));
	}
	if (e->keep)
		e->samples[e->count] = value;
	e->count++;
}

/* Is it all silence? Most of a day is, so this must be fast. */
static bool
is_silence(const uint8_t *data, size_t len)
{
	return data[0] == 0 && memcmp(data, data + 1, len - 1) == 0;
}

static void
hear(struct ear *e, const uint8_t *data, size_t len)
{
	uint8_t sample[2];
	size_t i;

	if (!e->keep && !e->has_odd && len % 2 == 0 && len > 0 &&
	    is_silence(data, len)) {
		e->count += len / 2;
		return;
	}
	for (i = 0; i < len; i++) {
		if (e->has_odd) {
			sample[0] = e->odd;
			sample[1] = data[i];
			hear_sample(e, (int16_t)le16_get(sample));
		} else {
			e->odd = data[i];
		}
		e->has_odd = !e->has_odd;
	}
}

static void
ear_data(void *arg, const uint8_t *data, size_t len)
{
	struct ear *e = arg;
	size_t n = WAV_HEADER_BYTES - e->header_len;

	if (n > len)
		n = len;
	memcpy(e->header + e->header_len, data, n);
	e->header_len += n;
	hear(e, data + n, len - n);
}

static const struct stream_events ear_events = { .data = ear_data };

struct ear *
ear_open(struct channel *ch, bool keep)
{
	struct ear *e = calloc(1, sizeof(*e));

	e->peer = peer_connect(ch->path);
	assert_non_null(e->peer);
	e->keep = keep;
	wav_header(e->expected, (uint32_t)ch->conf->rate_hz, 1);
	stream_set_owner(e->peer, &ear_events, e);
	fake_settle();
	/* The newest stands first. */
	if (ch->subscribers)
		e->first = ch->subscribers->first_sample;
	return e;
}

void
ear_close(struct ear *e)
{
	if (e == NULL)
		return;
	peer_close(e->peer);
	free(e->samples);
	free(e);
}

struct stream *
ear_peer(struct ear *e)
{
	return e->peer;
}

void
ear_attend(struct ear *e, bool on)
{
	stream_reading(e->peer, on);
}

bool
ear_has_header(const struct ear *e)
{
	return e->header_len == WAV_HEADER_BYTES &&
	       memcmp(e->header, e->expected, WAV_HEADER_BYTES) == 0;
}

uint64_t
ear_first(const struct ear *e)
{
	return e->first;
}

uint64_t
ear_count(const struct ear *e)
{
	return e->count;
}

bool
ear_heard_silence(const struct ear *e)
{
	return !e->noisy;
}

int16_t
ear_sample(const struct ear *e, uint64_t position)
{
	if (position < e->first || position - e->first >= e->count)
		return 0;
	return e->samples[position - e->first];
}

bool
ear_heard_part(const struct ear *e, const char *text, uint64_t from,
    uint64_t to, uint64_t position)
{
	uint64_t i;

	for (i = from; i < to; i++)
		if (ear_sample(e, position + i - from) !=
		    speaker_sample(text, i))
			return false;
	return true;
}

bool
ear_heard(const struct ear *e, const char *text, uint64_t position)
{
	return ear_heard_part(
	    e, text, 0, speaker_samples(text, 24000), position);
}

bool
ear_heard_nothing(const struct ear *e, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		if (ear_sample(e, from) != 0)
			return false;
	return true;
}
