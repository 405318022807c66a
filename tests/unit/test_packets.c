/* Guards the reading of how far picture and sound are apart at the far end. */
#include "tests/unit/test.h"

#include <math.h>

#include "common/lines.h"
#include "streamer-supervisor/ffmpeg/packets.h"

static void
take_line(void *arg, char *line)
{
	packets_take(arg, line);
}

static void
feed_packets(struct packets *p, const char *text)
{
	struct lines lines = { .len = 0 };

	lines_feed(&lines, text, strlen(text), take_line, p);
	lines_end(&lines, take_line, p);
}

#define HEADER                                         \
	"#software: Lavf59.27.100\n"                   \
	"#tb 0: 1/1000\n#media_type 0: video\n"        \
	"#codec_id 0: h264\n#dimensions 0: 1280x720\n" \
	"#tb 1: 1/48000\n#media_type 1: audio\n"       \
	"#codec_id 1: aac\n#sample_rate 1: 48000\n"

static void
expect_ahead(struct packets *p, double expected)
{
	double ahead;

	assert_true(packets_end_span(p, &ahead));
	assert_true(fabs(ahead - expected) < 1e-9);
}

/* Two streams that had come apart were well as long as both got on. */
static void
test_two_streams(void **state)
{
	struct packets p = { .sums = 0 };
	double ahead;

	(void)state;
	feed_packets(&p, HEADER "frame=1\nprogress=continue\n");
	assert_false(packets_end_span(&p, &ahead));
	/* As ffmpeg 5.1.9 writes them. */
	feed_packets(&p,
	    "0,       1000,       1000,       40,    12345, 0x9c1f77e5, "
	    "F=0x0, S=1,        1\n");
	assert_true(packets_lack_sound(&p));
	assert_false(packets_end_span(&p, &ahead));
	/* -0.1 s, then -0.06 s. */
	feed_packets(&p,
	    "1,      52800,      52800,     1024,      200, 0x00000001\n"
	    "0,       1040,       1040,       40,       99, 0x00000002\n");
	expect_ahead(&p, -0.08);
	/* The sound has been 2 s behind for long. */
	feed_packets(&p,
	    "0,      11000,      11000,       40,       99, 0x00000002\n"
	    "1,     432000,     432000,     1024,      200, 0x00000001\n"
	    "1,     433024,     433024,     1024,      200, 0x00000001\n");
	assert_false(packets_lack_sound(&p));
	assert_true(packets_end_span(&p, &ahead));
	assert_true(ahead > 1.9);
}

static void
test_what_makes_no_sense(void **state)
{
	struct packets p = { .sums = 0 };
	double ahead;

	(void)state;
	feed_packets(&p, "0, 1, 1, 1, 1, 0x0\n1, 1, 1, 1, 1, 0x0\n#tb 7: 1/1\n"
			 "#tb 0: 0/0\n#tb 1: 1/-5\n0, 5, 5\n" HEADER
			 "0, nan, nan, 1\n1, inf, inf, 1\n0, 1e300, 1e300, 1\n"
			 "9, 1, 1, 1\n-1, 1, 1, 1\n0\n0,\n0,1,\n1, 1, x, 1\n");
	assert_false(packets_end_span(&p, &ahead));
	assert_false(packets_lack_sound(&p));
}

static void
hear_packet(void *arg, char *line)
{
	packets_take(arg, line);
}

static void
test_mutated_packets(void **state)
{
	static const char valid[] = HEADER
	    "0,       1000,       1000,       40,    12345, 0x9c1f77e5\n"
	    "1,      52800,      52800,     1024,      200, 0x00000001\n";
	struct packets p = { .sums = 0 };
	struct lines l = { .len = 0 };
	struct rng rng = { 7 };
	uint8_t text[512], *copy;
	double ahead;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(&rng, text, sizeof(valid) - 1, sizeof(text));
		copy = exact_copy(text, len);
		lines_feed(&l, copy, len, hear_packet, &p);
		if (packets_end_span(&p, &ahead))
			assert_true(isfinite(ahead));
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_streams),
		cmocka_unit_test(test_what_makes_no_sense),
		cmocka_unit_test(test_mutated_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
