/*
 * Guards what engines make of other programs' sound: the same samples however
 * the bytes are cut into pieces, no byte believed, and no noise.
 *
 * The kit around the module is ours: the samples that it passes on end in an
 * array.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "common/err.h"
#include "common/le.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/sound/sound.h"

#define SAMPLES_MAX 65536

static struct {
	unsigned rate_hz, channels;
	int16_t samples[SAMPLES_MAX];
	size_t count;
	bool failed;
} heard;

int
kit_format(unsigned rate_hz, unsigned channels)
{
	if (rate_hz < KIT_RATE_MIN || rate_hz > KIT_RATE_MAX || channels < 1 ||
	    channels > KIT_CHANNELS_MAX)
		return ERR_INVALID;
	heard.rate_hz = rate_hz;
	heard.channels = channels;
	return 0;
}

int
kit_pcm(const int16_t *samples, size_t frames)
{
	size_t n = frames * heard.channels;

	assert_true(heard.channels > 0);
	assert_true(n <= SAMPLES_MAX - heard.count);
	memcpy(heard.samples + heard.count, samples, n * sizeof(*samples));
	heard.count += n;
	return 0;
}

int
kit_fail(enum kit_code code, const char *fmt, ...)
{
	(void)code;
	(void)fmt;
	heard.failed = true;
	return ERR_INVALID;
}

/* A header for `size` bytes of data, behind a chunk of `extra` bytes. */
static size_t
make_header(uint8_t *p, unsigned channels, unsigned bits, unsigned tag,
    uint32_t size, uint8_t extra)
{
	size_t len = WAV_HEADER_BYTES - 8;

	wav_header(p, 24000, (uint16_t)channels);
	le16_put(p + 20, (uint16_t)tag);
	le16_put(p + 34, (uint16_t)bits);
	memcpy(p + len, "LIST", 4);
	le32_put(p + len + 4, extra);
	memset(p + len + 8, 'd', extra + 1u);
	len += 8u + extra + (extra & 1);
	memcpy(p + len, "data", 4);
	le32_put(p + len + 4, size);
	return len + 8;
}

/* Plays the bytes in pieces; every piece is a copy of exactly its size. */
static int
hear(const uint8_t *data, size_t len, enum sound_mode mode, struct rng *r)
{
	static const struct wav_format raw = { 22050, 1, 16, WAV_TAG_PCM };
	struct sound s;
	uint8_t *copy;
	size_t at, n;
	int rc = 0;

	heard.count = 0;
	heard.rate_hz = heard.channels = 0;
	heard.failed = false;
	sound_init(&s, mode, &raw);
	for (at = 0; at < len && rc == 0; at += n) {
		n = r ? rng_below(r, rng_one_in(r, 2) ? 4 : 3000) + 1 : len;
		if (n > len - at)
			n = len - at;
		copy = exact_copy(data + at, n);
		rc = sound_put(&s, copy, n);
		free(copy);
	}
	if (rc == 0)
		rc = sound_end(&s);
	if (rc == 0)
		assert_int_equal(
		    s.frames * (heard.channels ? heard.channels : 1),
		    heard.count);
	sound_done(&s);
	assert_true(rc == 0 || heard.failed);
	return rc;
}

/* A sine, for it must not look like noise: 400 Hz at 24,000. */
static int16_t
sine(size_t i)
{
	return (int16_t)(9000 * sin((double)i * 0.1047197551));
}

/* Sine waves of any width, on all channels. */
static void
fill_in(uint8_t *p, size_t len, unsigned bits, unsigned channels)
{
	size_t step = bits / 8, i;
	int16_t v;

	memset(p, 0, len);
	for (i = 0; (i + 1) * step <= len; i++) {
		v = sine(i / channels);
		if (bits == 8)
			p[i] = (uint8_t)(v / 256 + 128);
		else
			le16_put(p + (i + 1) * step - 2, (uint16_t)v);
	}
}

static void
test_pieces_of_any_size(void **state)
{
	static const unsigned bits[] = { 8, 16, 24, 32 };
	static uint8_t bytes[80000];
	static int16_t whole[SAMPLES_MAX];
	struct rng r = { 3 };
	size_t len, frame, head, count;
	unsigned channels, b;
	int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		b = bits[rng_below(&r, COUNT_OF(bits))];
		channels = (unsigned)rng_below(&r, KIT_CHANNELS_MAX) + 1;
		frame = b / 8 * channels;
		len = rng_below(&r, 20000);
		head = make_header(
		    bytes, channels, b, 1, 0, (uint8_t)rng_below(&r, 200));
		fill_in(bytes + head, len, b, channels);
		assert_int_equal(hear(bytes, head + len, SOUND_AUTO, NULL), 0);
		assert_int_equal(heard.rate_hz, 24000);
		assert_int_equal(heard.count, len / frame * channels);
		count = heard.count;
		memcpy(whole, heard.samples, count * sizeof(*whole));
		assert_int_equal(hear(bytes, head + len, SOUND_WAV, &r), 0);
		assert_int_equal(heard.count, count);
		assert_memory_equal(
		    heard.samples, whole, count * sizeof(*whole));
	}
}

/*
 * Story: several servers send one WAV a sentence, or a header that counts the
 * first sentence only. What stood behind the size was dropped, and the
 * outcome was `spoken`.
 */
static void
test_what_is_behind_the_data_is_heard(void **state)
{
	enum { N = 1000 };
	static uint8_t bytes[8 * N];
	struct rng r = { 4 };
	size_t head, len, i;
	int round;

	(void)state;
	for (round = 0; round < 40; round++) {
		head = make_header(
		    bytes, 1, 16, 1, round % 4 < 2 ? 2 * N : 0xffffffff, 3);
		fill_in(bytes + head, 2 * N, 16, 1);
		len = head + 2 * N;
		if (round % 4 != 1) {
			memcpy(bytes + len, bytes, head + 2 * N);
			len += head + 2 * N;
		} else {
			for (i = 0; i < N; i++, len += 2)
				le16_put(bytes + len, (uint16_t)sine(N + i));
		}
		assert_int_equal(
		    hear(bytes, len, SOUND_AUTO, round < 4 ? NULL : &r), 0);
		assert_int_equal(heard.count, 2 * N);
		for (i = 0; i < N; i++) {
			assert_int_equal(heard.samples[i], sine(i));
			assert_int_equal(heard.samples[N + i],
			    sine(round % 4 == 1 ? N + i : i));
		}
	}
}

static void
test_what_is_behind_the_data_is_no_sound(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} tails[] = {
#define TAIL(s) { s, sizeof(s) - 1 }
		TAIL("LIST\4\0\0\0junk"),
		TAIL("\0LIST\4\0\0\0junk"),
		TAIL("id3 \5\0\0\0junk!"),
		TAIL("\0\0\0\0\0"),
		TAIL("Done.\n"),
		TAIL("{\"sentences\": 1, \"seconds\": 0.5, \"model\": "
		     "\"medium, of the better ones\"}\n"),
	};
	static uint8_t bytes[4096];
	struct rng r = { 6 };
	size_t head, i;

	(void)state;
	for (i = 0; i < 2 * COUNT_OF(tails); i++) {
		head = make_header(bytes, 1, 16, 1, 2000, 0);
		fill_in(bytes + head, 2000, 16, 1);
		memcpy(
		    bytes + head + 2000, tails[i / 2].bytes, tails[i / 2].len);
		assert_int_equal(hear(bytes, head + 2000 + tails[i / 2].len,
				     SOUND_AUTO, i & 1 ? &r : NULL),
		    0);
		assert_int_equal(heard.count, 1000);
	}
}

static void
test_raw(void **state)
{
	uint8_t bytes[] = { 1, 0, 0xff, 0xff, 0, 0x80, 9 };
	struct rng r = { 5 };
	size_t len;

	(void)state;
	for (len = 0; len <= sizeof(bytes); len++) {
		assert_int_equal(hear(bytes, len, SOUND_RAW, &r), 0);
		assert_int_equal(heard.count, len / 2);
		assert_int_equal(hear(bytes, len, SOUND_PCM, &r), 0);
		assert_int_equal(heard.count, len / 2);
		assert_true(hear(bytes, len, SOUND_KNOWN, &r) < 0 || len == 0);
		assert_int_equal(hear(bytes, len, SOUND_AUTO, &r) < 0, len > 5);
	}
	/* Bytes that only begin like WAV are raw sound when that was said. */
	assert_int_equal(hear((const uint8_t *)"RIFF", 4, SOUND_RAW, &r), 0);
	assert_int_equal(heard.count, 2);
	assert_int_not_equal(
	    hear((const uint8_t *)"RIFF", 4, SOUND_PCM, &r), 0);
	assert_int_not_equal(hear((const uint8_t *)"RIF", 3, SOUND_WAV, &r), 0);
}

static void
test_kinds(void **state)
{
	static const struct {
		const char *bytes;
		enum kind kind;
	} table[] = {
		{ "RIFF\1\1\1\1WAVEfmt ", KIND_IS_WAV },
		{ "RIFX\1\1\1\1WAVEfmt \20", KIND_IS_BROKEN_WAV },
		{ "RIFF\1\1\1\1AVI LIST", KIND_IS_RIFF },
		{ "fLaC\1\1\1\1\1\1\1\1", KIND_IS_FLAC },
		{ "\1\1\1\40ftypM4A \1\1", KIND_IS_MP4 },
		{ "\x1a\x45\xdf\xa3\1\1\1\1\1\1\1", KIND_IS_WEBM },
		{ " {\"error\": \"none\"}", KIND_IS_JSON },
		{ "data: {\"type\":\"speech.audio.delta\"}\n\n",
		    KIND_IS_EVENTS },
		{ "<!DOCTYPE html><html>", KIND_IS_MARKUP },
		{ "Grüße aus Köln\n", KIND_IS_TEXT },
		{ "\1\2\3\4\5\6\1\2\3\4\5\6", KIND_IS_UNKNOWN },
	};
	size_t i, len, cut;
	uint8_t *copy;
	enum kind kind;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		len = strlen(table[i].bytes);
		for (cut = 0; cut <= len; cut++) {
			copy = exact_copy(table[i].bytes, cut);
			kind = kind_of(copy, cut, cut == len);
			assert_true(kind == table[i].kind ||
				    (cut < len && kind == KIND_IS_UNSURE));
			free(copy);
		}
	}
	for (i = 0; i < KIND_COUNT; i++)
		assert_non_null(kind_name((enum kind)i));
}

/* How often the sound bends as no voice does. */
static size_t
rough(void)
{
	size_t i, n = 0;

	for (i = 2; i < heard.count; i++)
		n += abs(heard.samples[i] - 2 * heard.samples[i - 1] +
			 heard.samples[i - 2]) > 20000;
	return n;
}

/*
 * Story: what was not recognised counted as PCM, and MP3, JSON or a byte too
 * few went out as noise at full scale. However its bytes are damaged, sound
 * stays sound, but for clicks where it was damaged, or fails.
 */
static void
test_damaged(void **state)
{
	static uint8_t bytes[20000];
	struct rng r = { 7 };
	size_t len, head;
	int round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		unsigned channels = (unsigned)rng_below(&r, 4) + 1;
		unsigned bits = 8 * ((unsigned)rng_below(&r, 4) + 1);

		head = make_header(bytes, channels, bits, 1,
		    rng_one_in(&r, 2) ? 0 : (uint32_t)rng_below(&r, 9000),
		    (uint8_t)rng_below(&r, 20));
		fill_in(bytes + head, 12000, bits, channels);
		len = mutate(&r, bytes, head + 12000, sizeof(bytes));
		if (rng_one_in(&r, 2)) {
			size_t lost = rng_below(&r, len);

			memmove(bytes + lost, bytes + lost + 1, len - lost - 1);
			len--;
		}
		hear(bytes, len, (enum sound_mode)rng_below(&r, 4), &r);
		assert_in_range(rough(), 0, 256);
	}
}

/* Other kinds, too: damaged, they are decoded, or refused. (A damaged frame of
 * MP3 spits, here as in any player: two of them are 1,152 samples.) */
static void
test_damaged_files(void **state)
{
	static const char *const names[] = { "noid3.mp3", "aac.aac",
		"webm.webm", "log_line_before.wav", "two_wavs_concat.wav",
		"list_odd_nopad.wav" };
	static uint8_t bytes[60000];
	struct rng r = { 11 };
	char path[64];
	size_t len;
	FILE *f;
	int round;

	(void)state;
	for (round = 0; round < 500; round++) {
		snprintf(path, sizeof(path), "tests/e2e/cases/%s",
		    names[(size_t)round % COUNT_OF(names)]);
		f = fopen(path, "rb");
		assert_non_null(f);
		len = fread(bytes, 1, sizeof(bytes) / 2, f);
		fclose(f);
		len = mutate(&r, bytes, len, sizeof(bytes));
		hear(bytes, len, (enum sound_mode)rng_below(&r, 4), &r);
		assert_in_range(rough(), 0, 1152);
	}
}

/* Bytes of anything else are no sound, whatever PCM was expected. */
static void
test_noise(void **state)
{
	static uint8_t bytes[20000];
	struct rng r = { 8 };
	size_t i, clear;
	int round;

	(void)state;
	for (round = 0; round < 200; round++) {
		clear = rng_below(&r, 4000) & ~(size_t)1;
		fill_in(bytes, clear, 16, 1);
		for (i = clear; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)rng_next(&r);
		assert_true(hear(bytes, sizeof(bytes), SOUND_PCM, &r) < 0);
		assert_in_range(heard.count, 0, clear / 2 + 256);
		assert_int_equal(hear(bytes, sizeof(bytes), SOUND_RAW, &r), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_of_any_size),
		cmocka_unit_test(test_what_is_behind_the_data_is_heard),
		cmocka_unit_test(test_what_is_behind_the_data_is_no_sound),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_damaged_files),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests_name("sound", tests, NULL, NULL);
}
