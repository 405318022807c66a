/* Guards the endless Matroska stream: that every element has the size that it
 * says, that what it says of sound and pictures stands where it belongs, and
 * that time stamps are those of the samples. That ffmpeg reads it is tested end
 * to end (test_picture.py). */
#include "tests/unit/test.h"

#include "common/picture/matroska.h"

static const struct matroska_format format = {
	.rate_hz = 24000, .channels = 2, .width = 1280, .height = 720, .fps = 25
};

/* Reads an ID (marker kept) or a size (marker taken off); moves *at. */
static uint64_t
read_vint(const uint8_t **at, bool keep)
{
	unsigned n = 1, i;
	uint64_t v = **at;

	while (!(v & (0x80u >> (n - 1))))
		n++;
	if (!keep)
		v &= (0x80u >> (n - 1)) - 1;
	for (i = 1; i < n; i++)
		v = v << 8 | (*at)[i];
	*at += n;
	return v;
}

/* Finds the element of that ID among the children in [at, end); *len is its
 * size. The children fill the room exactly. */
static const uint8_t *
find(const uint8_t *at, const uint8_t *end, uint64_t id, size_t *len)
{
	const uint8_t *found = NULL;

	while (at < end) {
		uint64_t is = read_vint(&at, true);
		size_t size = (size_t)read_vint(&at, false);

		assert_true(size <= (size_t)(end - at));
		if (is == id && found == NULL) {
			found = at;
			*len = size;
		}
		at += size;
	}
	assert_ptr_equal(at, end);
	return found;
}

static uint64_t
number(const uint8_t *in, size_t size, uint64_t id)
{
	size_t len = 0, i;
	const uint8_t *at = find(in, in + size, id, &len);
	uint64_t v = 0;

	assert_non_null(at);
	for (i = 0; i < len; i++)
		v = v << 8 | at[i];
	return v;
}

/* The header ends exactly where its last element ends; returns its tracks. */
static const uint8_t *
tracks(const uint8_t *header, size_t size, size_t *len)
{
	const uint8_t *at = header, *end = header + size, *info;
	uint64_t n;

	assert_int_equal(read_vint(&at, true), 0x1a45dfa3);
	n = read_vint(&at, false);
	assert_int_equal(number(at, n, 0x4287), 4);
	at += n;
	assert_int_equal(read_vint(&at, true), 0x18538067);
	/* Of unknown size. */
	assert_int_equal(read_vint(&at, false), UINT64_C(0xffffffffffffff));
	info = find(at, end, 0x1549a966, len);
	assert_int_equal(number(info, *len, 0x2ad7b1), MATROSKA_TICK_NS);
	return find(at, end, 0x1654ae6b, len);
}

static void
test_header(void **state)
{
	uint8_t buffer[MATROSKA_HEADER_MAX], *header;
	const uint8_t *track, *sound, *next, *picture;
	size_t size = matroska_header(buffer, &format), len, n;

	(void)state;
	header = exact_copy(buffer, size);
	track = tracks(header, size, &len);
	assert_non_null(track);
	sound = find(track, track + len, 0xae, &n);
	assert_int_equal(number(sound, n, 0xd7), MATROSKA_SOUND);
	assert_int_equal(number(sound, n, 0x83), 2);
	next = sound + n;
	sound = find(sound, next, 0xe1, &n);
	assert_int_equal(number(sound, n, 0x9f), 2);
	assert_int_equal(number(sound, n, 0xb5), 0x46bb8000); /* 24000.0f */
	picture = find(next, track + len, 0xae, &n);
	assert_int_equal(number(picture, n, 0xd7), MATROSKA_PICTURE);
	assert_int_equal(number(picture, n, 0x23e383), 40000000);
	picture = find(picture, picture + n, 0xe0, &n);
	assert_int_equal(number(picture, n, 0xb0), 1280);
	assert_int_equal(number(picture, n, 0xba), 720);
	assert_int_equal(number(picture, n, 0x2eb524), 0x49343230); /* I420 */
	free(header);
}

static void
test_block(void **state)
{
	uint8_t block[MATROSKA_BLOCK_BYTES + 960];
	const uint8_t *at = block, *inner;
	size_t len;

	(void)state;
	memset(block, 0x55, sizeof(block));
	matroska_block(block, MATROSKA_SOUND, 480, 24000, 960);
	assert_int_equal(read_vint(&at, true), 0x1f43b675);
	len = (size_t)read_vint(&at, false);
	assert_ptr_equal(at + len, block + sizeof(block));
	assert_int_equal(number(at, len, 0xe7), 200); /* 20 ms */
	inner = find(at, at + len, 0xa3, &len);
	assert_int_equal(len, 4 + 960);
	assert_int_equal(inner[0], 0x80 | MATROSKA_SOUND);
	assert_int_equal(inner[1] << 8 | inner[2], 0);
	assert_int_equal(inner[3], 0x80);
	assert_int_equal(inner[4], 0x55);
}

static uint64_t
time_of(uint64_t sample, uint32_t rate_hz)
{
	uint8_t block[MATROSKA_BLOCK_BYTES];

	matroska_block(block, MATROSKA_PICTURE, sample, rate_hz, 0);
	return number(block + 8, MATROSKA_BLOCK_BYTES - 8, 0xe7);
}

static void
test_times_are_the_samples(void **state)
{
	static const struct {
		uint64_t sample;
		uint32_t rate_hz;
		uint64_t ticks;
	} table[] = { { 0, 24000, 0 }, { 1, 24000, 0 }, { 2, 24000, 1 },
		{ 240, 24000, 100 }, { 44100, 44100, 10000 },
		{ 441, 44100, 100 }, { 1, 8000, 1 }, { 1, 768000, 0 },
		/* Ten years. */
		{ UINT64_C(315360000) * 48000, 48000, UINT64_C(3153600000000) },
		{ UINT64_C(315360000) * 768000 + 767999, 768000,
		    UINT64_C(3153600010000) } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		assert_int_equal(
		    time_of(table[i].sample, table[i].rate_hz), table[i].ticks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_block),
		cmocka_unit_test(test_times_are_the_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
