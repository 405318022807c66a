/*
 * Guards WAV: our endless header byte by byte, and the reader of other
 * programs' headers: any chunk order and size, cut anywhere, or damaged.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/le.h"
#include "common/wav.h"

/* A header under construction. */
struct made {
	uint8_t bytes[WAV_READER_MAX + 4096];
	size_t len;
};

static struct made made;

static void
put(const void *data, size_t len)
{
	assert_true(made.len + len <= sizeof(made.bytes));
	memcpy(made.bytes + made.len, data, len);
	made.len += len;
}

static void
put32(uint32_t v)
{
	uint8_t b[4];

	le32_put(b, v);
	put(b, 4);
}

static void
begin(uint32_t riff_size)
{
	made.len = 0;
	put("RIFF", 4);
	put32(riff_size);
	put("WAVE", 4);
}

/* A chunk of `size` bytes of filling, padded to even length. */
static void
put_chunk(const char *id, uint32_t size)
{
	uint32_t i;

	put(id, 4);
	put32(size);
	for (i = 0; i < size + (size & 1); i++)
		put("d", 1); /* would read as the start of "data" */
}

static void
put_fmt(uint32_t size, uint16_t tag, uint16_t channels, uint32_t rate,
    uint16_t bits)
{
	uint8_t b[40] = { 0 };

	assert_true(size <= sizeof(b));
	le16_put(b, tag);
	le16_put(b + 2, channels);
	le32_put(b + 4, rate);
	le32_put(b + 8, rate * channels * bits / 8);
	le16_put(b + 12, (uint16_t)(channels * bits / 8));
	le16_put(b + 14, bits);
	if (size >= 26) {
		le16_put(b + 16, 22);
		le16_put(b + 18, bits);
		le16_put(b + 24, 3); /* the sub-format: float */
	}
	put("fmt ", 4);
	put32(size);
	put(b, size);
	if (size & 1)
		put("", 1);
}

static void
put_data(uint32_t size)
{
	put("data", 4);
	put32(size);
}

/* Reads a copy of exactly that size. */
static int
parse(const uint8_t *data, size_t len, struct wav_format *out)
{
	uint8_t *copy = exact_copy(data, len);
	int rc = wav_parse(copy, len, out);

	free(copy);
	return rc;
}

/* The header ends here: nothing shorter is enough, nothing longer matters. */
static void
check_made(uint16_t tag, uint16_t channels, uint32_t rate, uint16_t bits)
{
	struct wav_format f;
	size_t header = made.len, cut;

	put("samples", 7);
	for (cut = 0; cut <= made.len; cut++)
		assert_int_equal(
		    parse(made.bytes, cut, &f), cut < header ? 0 : (int)header);
	assert_int_equal(f.tag, tag);
	assert_int_equal(f.channels, channels);
	assert_int_equal(f.rate_hz, rate);
	assert_int_equal(f.bits, bits);
}

static void
check_fails(int err)
{
	struct wav_format f;

	assert_int_equal(parse(made.bytes, made.len, &f), err);
}

static void
test_our_header(void **state)
{
	static const uint8_t expected[WAV_HEADER_BYTES] = { 'R', 'I', 'F', 'F',
		0xff, 0xff, 0xff, 0xff, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ',
		16, 0, 0, 0, 1, 0, 2, 0, 0x44, 0xac, 0, 0, 0x10, 0xb1, 2, 0, 4,
		0, 16, 0, 'd', 'a', 't', 'a', 0xff, 0xff, 0xff, 0xff };
	uint8_t *header = malloc(WAV_HEADER_BYTES);

	(void)state;
	assert_non_null(header);
	wav_header(header, 44100, 2);
	assert_memory_equal(header, expected, sizeof(expected));
	free(header);
}

static void
test_our_header_reads_back(void **state)
{
	static const uint32_t rates[] = { 8000, 11025, 24000, 48000, 192000 };
	uint16_t channels;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rates); i++)
		for (channels = 1; channels <= 8; channels++) {
			wav_header(made.bytes, rates[i], channels);
			made.len = WAV_HEADER_BYTES;
			check_made(1, channels, rates[i], 16);
		}
}

static void
test_sizes_of_streams(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 36, 0x7fffffff, 0x80000000,
		0xfffffffe, 0xffffffff };
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT_OF(sizes); i++)
		for (k = 0; k < COUNT_OF(sizes); k++) {
			begin(sizes[i]);
			put_fmt(16, 1, 1, 22050, 16);
			put_data(sizes[k]);
			check_made(1, 1, 22050, 16);
		}
}

static void
test_forms_of_the_format(void **state)
{
	(void)state;
	begin(0);
	put_fmt(18, 3, 2, 48000, 32);
	put_data(0);
	check_made(3, 2, 48000, 32);
	/* Extensible: the real tag is in the sub-format. */
	begin(0);
	put_fmt(40, 0xfffe, 6, 96000, 32);
	put_data(0);
	check_made(3, 6, 96000, 32);
	begin(0);
	put_fmt(26, 0xfffe, 1, 8000, 32);
	put_data(0);
	check_made(3, 1, 8000, 32);
	/* Too short to tell: the tag as it stands. */
	begin(0);
	put_fmt(18, 0xfffe, 1, 8000, 32);
	put_data(0);
	check_made(0xfffe, 1, 8000, 32);
	begin(0);
	put_fmt(24, 0xfffe, 1, 8000, 32);
	put_data(0);
	check_made(0xfffe, 1, 8000, 32);
	/* A longer, otherwise plain form, and an odd one. */
	begin(0);
	put_fmt(40, 1, 1, 8000, 16);
	put_data(0);
	check_made(1, 1, 8000, 16);
	begin(0);
	put_fmt(17, 7, 1, 8000, 8);
	put_data(0);
	check_made(7, 1, 8000, 8);
}

static void
test_chunks_before_the_data(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 2, 3, 26, 27, 301 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(sizes); i++) {
		begin(0xffffffff);
		put_chunk("JUNK", sizes[i]);
		put_fmt(16, 1, 1, 24000, 16);
		put_chunk("LIST", sizes[i]);
		put_chunk("fact", 4);
		put_data(0xffffffff);
		check_made(1, 1, 24000, 16);
	}
}

static void
test_what_is_no_header(void **state)
{
	(void)state;
	begin(0);
	made.bytes[0] = 'X';
	check_fails(ERR_INVALID);
	made.len = 1; /* known at the first byte */
	check_fails(ERR_INVALID);
	begin(0);
	memcpy(made.bytes + 8, "AVI ", 4);
	check_fails(ERR_INVALID);
	begin(0);
	put_data(10); /* data, but no format */
	check_fails(ERR_INVALID);
	begin(0);
	put_fmt(14, 1, 1, 8000, 8);
	check_fails(ERR_INVALID);
	begin(0);
	put_fmt(16, 1, 0, 8000, 16);
	check_fails(ERR_INVALID);
	begin(0);
	put_fmt(16, 1, 1, 0, 16);
	check_fails(ERR_INVALID);
	begin(0);
	put_fmt(16, 1, 1, 8000, 0);
	check_fails(ERR_INVALID);
}

static void
test_too_much_before_the_data(void **state)
{
	static const uint32_t sizes[] = { WAV_READER_MAX, WAV_READER_MAX + 1,
		0x7fffffff, 0xfffffff7, 0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(sizes); i++) {
		begin(0);
		put("LIST", 4);
		put32(sizes[i]); /* known without waiting for the bytes */
		check_fails(ERR_TOO_LONG);
	}
	begin(0);
	put_chunk("LIST", WAV_READER_MAX / 2);
	put("LIST", 4);
	put32(WAV_READER_MAX / 2);
	check_fails(ERR_TOO_LONG);
}

/*
 * Story: a reader holds at most WAV_READER_MAX bytes. A header whose `data`
 * chunk began just there was either accepted with more bytes than the bound,
 * or waited for bytes that no buffer of that size could take. Every size
 * around the bound must end in a header within it or in ERR_TOO_LONG.
 */
static void
test_the_bound_is_exact(void **state)
{
	/* RIFF, fmt, the header of LIST, and the header of data. */
	const uint32_t rest = 12 + 24 + 8 + 8;
	struct wav_format f;
	uint32_t size;
	int rc;

	(void)state;
	for (size = WAV_READER_MAX - rest - 40;
	     size <= WAV_READER_MAX - rest + 40; size++) {
		uint32_t total = rest + size + (size & 1);

		begin(0);
		put_fmt(16, 1, 1, 24000, 16);
		put_chunk("LIST", size);
		put_data(0);
		put("samples", 7);
		rc = parse(made.bytes, made.len, &f);
		assert_int_equal(
		    rc, total <= WAV_READER_MAX ? (int)total : ERR_TOO_LONG);
		/* A reader's buffer is full here: it must hear an answer. */
		rc = parse(made.bytes, WAV_READER_MAX, &f);
		assert_int_not_equal(rc, 0);
	}
}

/* Damaged headers: never past the end (the sanitizer looks), and an answer
 * that was given does not change when more bytes arrive. */
static void
test_damaged_headers(void **state)
{
	struct rng r = { 9 };
	uint8_t bytes[512];
	struct wav_format f;
	size_t len, cut;
	int rc, whole, round;

	(void)state;
	for (round = 0; round < 100000; round++) {
		begin((uint32_t)rng_next(&r));
		if (rng_one_in(&r, 2))
			put_chunk("LIST", (uint32_t)rng_below(&r, 30));
		put_fmt(rng_one_in(&r, 2) ? 16 : 40, 1, 1, 24000, 16);
		if (rng_one_in(&r, 2))
			put_chunk("bext", (uint32_t)rng_below(&r, 30));
		put_data((uint32_t)rng_next(&r));
		memcpy(bytes, made.bytes, made.len);
		len = mutate(&r, bytes, made.len, sizeof(bytes));
		whole = parse(bytes, len, &f);
		assert_true(whole <= (int)len);
		if (whole > 0) {
			assert_true(f.rate_hz && f.channels && f.bits);
			assert_memory_equal(bytes + whole - 8, "data", 4);
		} else if (whole < 0) {
			assert_true(
			    whole == ERR_INVALID || whole == ERR_TOO_LONG);
		}
		cut = rng_below(&r, len + 1);
		rc = parse(bytes, cut, &f);
		assert_true(rc == 0 || rc == whole);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_our_header),
		cmocka_unit_test(test_our_header_reads_back),
		cmocka_unit_test(test_sizes_of_streams),
		cmocka_unit_test(test_forms_of_the_format),
		cmocka_unit_test(test_chunks_before_the_data),
		cmocka_unit_test(test_what_is_no_header),
		cmocka_unit_test(test_too_much_before_the_data),
		cmocka_unit_test(test_the_bound_is_exact),
		cmocka_unit_test(test_damaged_headers),
	};

	return cmocka_run_group_tests_name("wav", tests, NULL, NULL);
}
