/* Guards the door of all pictures: Y4M in pieces of any size, and all that must
 * be refused because its pixels would be noise. */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/picture/frame_clock.h"
#include "common/picture/y4m.h"

#define W 4
#define H 2
#define BYTES (W * H * 3 / 2)

static const char stream[] = "YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420jpeg\n"
			     "FRAME Xscene=12 Xms=5.3\nabcdefghijkl"
			     "FRAME\nABCDEFGHIJKL";

/* Feeds the stream in pieces of `piece` bytes; each frame goes to `frames`.
 * Returns how many there were, or an error. */
static int
feed(struct y4m *y, const char *text, size_t size, size_t piece,
    uint8_t frames[][BYTES])
{
	int n = 0, rc;
	size_t at = 0, used;

	while (at < size) {
		size_t len = size - at < piece ? size - at : piece;
		uint8_t *copy = exact_copy(text + at, len);

		rc = y4m_feed(y, copy, len, frames[n], &used);
		free(copy);
		if (rc < 0)
			return rc;
		assert_true(used > 0 && used <= len);
		at += used;
		n += rc;
	}
	return n;
}

static void
test_pieces_of_any_size(void **state)
{
	uint8_t frames[3][BYTES];
	struct y4m y;
	size_t piece;

	(void)state;
	for (piece = 1; piece <= sizeof(stream); piece++) {
		memset(frames, 0, sizeof(frames));
		y4m_init(&y, W, H);
		assert_int_equal(
		    feed(&y, stream, sizeof(stream) - 1, piece, frames), 2);
		assert_memory_equal(frames[0], "abcdefghijkl", BYTES);
		assert_memory_equal(frames[1], "ABCDEFGHIJKL", BYTES);
	}
}

static void
test_parameters(void **state)
{
	uint8_t frame[1][BYTES];
	struct y4m y;
	size_t used;

	(void)state;
	y4m_init(&y, W, H);
	assert_int_equal(y4m_feed(&y, (const uint8_t *)stream,
			     sizeof(stream) - 1, frame[0], &used),
	    1);
	assert_int_equal(y4m_parameter(&y, "scene", -1), 12);
	assert_int_equal(y4m_parameter(&y, "ms", -1), 5);
	assert_int_equal(y4m_parameter(&y, "scen", -1), -1);
	assert_int_equal(y4m_feed(&y, (const uint8_t *)stream + used,
			     sizeof(stream) - 1 - used, frame[0], &used),
	    1);
	assert_int_equal(y4m_parameter(&y, "scene", -1), -1);
}

static void
test_what_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} table[] = {
		{ "YUV4MPEG2 W8 H2 C420jpeg\n",
		    "its size is 8x2; expected 4x2" },
		{ "YUV4MPEG2 W4\n", "its size is 4xmissing; expected 4x2" },
		{ "YUV4MPEG2 W4 H2 C444\n",
		    "its pixels are 444; expected 420 with 8 bits (ffmpeg: "
		    "-pix_fmt yuv420p)" },
		{ "YUV4MPEG2 W4 H2 C420p10\n",
		    "its pixels are 420p10; expected 420 with 8 bits "
		    "(ffmpeg: -pix_fmt yuv420p)" },
		{ "GET / HTTP/1.1\n",
		    "it is no Y4M: it does not begin with YUV4MPEG2" },
		{ "YUV4MPEG2W4 H2\n",
		    "it is no Y4M: it does not begin with YUV4MPEG2" },
		{ "YUV4MPEG2 W4 H2\nFRAME\nabcdefghijklmFRAME\n",
		    "a frame does not begin with FRAME: the one before had "
		    "another size" },
	};
	uint8_t frames[2][BYTES];
	char line[2 * Y4M_LINE_MAX];
	struct y4m y;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		y4m_init(&y, W, H);
		assert_int_equal(
		    feed(&y, table[i].text, strlen(table[i].text), 5, frames),
		    ERR_INVALID);
		assert_string_equal(y.why, table[i].why);
	}
	/* A line without an end. */
	memset(line, 'x', sizeof(line));
	y4m_init(&y, W, H);
	assert_int_equal(feed(&y, line, sizeof(line), 7, frames), ERR_INVALID);
}

/* The way there and back, at every rate that does not divide evenly. */
static void
test_frames_and_samples(void **state)
{
	static const uint32_t rates[] = { 8000, 11025, 22050, 24000, 44100,
		48000, 192000 };
	size_t r;
	uint32_t fps;
	uint64_t n;

	(void)state;
	for (r = 0; r < COUNT_OF(rates); r++)
		for (fps = 1; fps <= 60; fps++)
			for (n = 0; n < 200; n++)
				assert_int_equal(
				    frame_nearest(
					frame_sample(n, rates[r], fps),
					rates[r], fps),
				    n);
	assert_int_equal(frame_sample(1, 24000, 25), 960);
	assert_int_equal(frame_from(0, 24000, 25), 0);
	assert_int_equal(frame_from(1, 24000, 25), 1);
	assert_int_equal(frame_from(960, 24000, 25), 1);
	/* Frame 1 of 30 a second is at sample 735 of 22,050. */
	assert_int_equal(frame_from(735, 22050, 30), 1);
	assert_int_equal(frame_from(736, 22050, 30), 2);
	assert_int_equal(frame_nearest(479, 24000, 25), 0);
	assert_int_equal(frame_nearest(480, 24000, 25), 1);
	/* Ten years do not overflow. */
	assert_int_equal(frame_sample(UINT64_C(315360000) * 60 + 1, 768000, 60),
	    UINT64_C(315360000) * 768000 + 12800);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_of_any_size),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_frames_and_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
