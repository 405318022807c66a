/*
 * Guards what engines make of other programs' sound: the same samples however
 * the bytes are cut into pieces, and no byte believed.
 *
 * The module is included, and the kit around it is ours: the samples that it
 * passes on end in an array.
 */
#include "tests/unit/test.h"

#include "common/le.h"
#include "ttsd/engines/kit/kit_wav.c"

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
hear(const uint8_t *data, size_t len, enum kit_wav_mode mode, struct rng *r)
{
	struct kit_wav w;
	uint8_t *copy;
	size_t at, n;
	int rc = 0;

	heard.count = 0;
	heard.rate_hz = heard.channels = 0;
	heard.failed = false;
	kit_wav_init(&w, mode, 22050, 1);
	for (at = 0; at < len && rc == 0; at += n) {
		n = r ? rng_below(r, rng_one_in(r, 2) ? 4 : 3000) + 1 : len;
		if (n > len - at)
			n = len - at;
		copy = exact_copy(data + at, n);
		rc = kit_wav_put(&w, copy, n);
		free(copy);
	}
	if (rc == 0)
		rc = kit_wav_end(&w);
	if (rc == 0)
		assert_int_equal(
		    w.frames * (heard.channels ? heard.channels : 1),
		    heard.count);
	kit_wav_done(&w);
	assert_true(rc == 0 || heard.failed);
	return rc;
}

static void
test_pieces_of_any_size(void **state)
{
	static const unsigned bits[] = { 8, 16, 24, 32 };
	static uint8_t bytes[80000];
	static int16_t whole[SAMPLES_MAX];
	struct rng r = { 3 };
	size_t len, frame, i, head, count;
	unsigned channels, b;
	int round;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)rng_next(&r);
	for (round = 0; round < 300; round++) {
		b = bits[rng_below(&r, COUNT_OF(bits))];
		channels = (unsigned)rng_below(&r, KIT_CHANNELS_MAX) + 1;
		frame = b / 8 * channels;
		len = rng_below(&r, 20000);
		head = make_header(bytes, channels, b, 1,
		    rng_one_in(&r, 2) ? 0 : (uint32_t)rng_below(&r, 20000),
		    (uint8_t)rng_below(&r, 200));
		assert_int_equal(
		    hear(bytes, head + len, KIT_WAV_AUTO, NULL), 0);
		assert_int_equal(heard.rate_hz, 24000);
		assert_true(heard.count <= len / frame * channels);
		count = heard.count;
		memcpy(whole, heard.samples, count * sizeof(*whole));
		assert_int_equal(hear(bytes, head + len, KIT_WAV_ONLY, &r), 0);
		assert_int_equal(heard.count, count);
		assert_memory_equal(
		    heard.samples, whole, count * sizeof(*whole));
	}
}

static void
test_data_ends_where_it_says(void **state)
{
	uint8_t bytes[512];
	size_t head;
	uint32_t size;

	(void)state;
	memset(bytes, 1, sizeof(bytes));
	for (size = 1; size < 100; size++) {
		head = make_header(bytes, 1, 16, 1, size, 0);
		assert_int_equal(
		    hear(bytes, head + 100, KIT_WAV_AUTO, NULL), 0);
		assert_int_equal(heard.count, size / 2);
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
		assert_int_equal(hear(bytes, len, KIT_WAV_AUTO, &r), 0);
		assert_int_equal(heard.count, len / 2);
	}
	assert_int_equal(heard.rate_hz, 22050);
	assert_int_equal(heard.samples[0], 1);
	assert_int_equal(heard.samples[1], -1);
	assert_int_equal(heard.samples[2], INT16_MIN);
	/* Bytes that only begin like WAV are raw sound when that was said. */
	assert_int_equal(hear((const uint8_t *)"RIFF", 4, KIT_WAV_RAW, &r), 0);
	assert_int_equal(heard.count, 2);
	assert_int_not_equal(
	    hear((const uint8_t *)"RIFF", 4, KIT_WAV_AUTO, &r), 0);
	assert_int_not_equal(
	    hear((const uint8_t *)"RIF", 3, KIT_WAV_ONLY, &r), 0);
}

static void
test_damaged(void **state)
{
	struct rng r = { 7 };
	uint8_t bytes[2048];
	size_t len;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		memset(bytes, (int)rng_below(&r, 256), sizeof(bytes));
		len = make_header(bytes, (unsigned)rng_below(&r, 10),
		    8 * (unsigned)rng_below(&r, 9), rng_one_in(&r, 3) ? 3 : 1,
		    (uint32_t)rng_below(&r, 3000), (uint8_t)rng_below(&r, 20));
		len =
		    mutate(&r, bytes, len + rng_below(&r, 1000), sizeof(bytes));
		hear(bytes, len, (enum kit_wav_mode)rng_below(&r, 3), &r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_of_any_size),
		cmocka_unit_test(test_data_ends_where_it_says),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests_name("engine_wav", tests, NULL, NULL);
}
