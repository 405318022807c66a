/*
 * The command line of the program that listens to an output. A stream of
 * segments comes in lumps: one that was given up between two of them was
 * restarted for ever.
 */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "streamer-supervisor/hearing/hearing_argv.h"

#define HEAD                                                             \
	"/x/ear --audio /run/main.sock --control /run/c.sock --channel " \
	"main "
#define FFMPEG                                                            \
	"--reader ffmpeg -hide_banner -nostdin -nostats -loglevel error " \
	"-fflags nobuffer "
#define TAIL " -map 0:a:0? -f s16le -ac 1 -ar 8000 -flush_packets 1 pipe:1"

static void
expect_of(const char *url, bool marked, const char *expected)
{
	const struct hearing_places at = { .programs = "/x",
		.ffmpeg = "ffmpeg",
		.control = "/run/c.sock",
		.audio = "/run/main.sock",
		.url = url };
	const struct conf_output o = { .address.transport = TRANSPORT_TCP,
		.timing.stall_timeout_ns = INT64_C(10000000000) };
	char got[1024] = "", **argv = hearing_argv(&at, &o, "main", marked);
	size_t i, n = 0;

	assert_non_null(argv);
	for (i = 0; argv[i]; i++)
		n += (size_t)snprintf(
		    got + n, sizeof(got) - n, "%s%s", i ? " " : "", argv[i]);
	assert_string_equal(got, expected);
	words_free(argv);
}

static void
expect(const char *url, const char *expected)
{
	expect_of(url, false, expected);
}

static void
test_rtmp(void **state)
{
	(void)state;
	expect("rtmp://h/live/a",
	    HEAD "--delay-max 15000 --stall 10000 " FFMPEG
		 "-f flv -analyzeduration 500000 -i rtmp://h/live/a" TAIL);
}

static void
test_rtsp_goes_the_way_of_the_output(void **state)
{
	(void)state;
	expect("rtsp://h/a", HEAD
	    "--delay-max 15000 --stall 10000 " FFMPEG
	    "-rtsp_transport tcp -analyzeduration 500000 -i rtsp://h/a" TAIL);
}

static void
test_segments_are_waited_for(void **state)
{
	(void)state;
	expect("http://h/a.m3u8",
	    HEAD "--delay-max 30000 --stall 20000 " FFMPEG
		 "-analyzeduration 500000 -i http://h/a.m3u8" TAIL);
}

static void
test_a_mark_is_listened_for(void **state)
{
	(void)state;
	expect_of("rtmp://h/live/a", true,
	    HEAD "--marked --delay-max 15000 --stall 10000 " FFMPEG
		 "-f flv -analyzeduration 500000 -i rtmp://h/live/a" TAIL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rtmp),
		cmocka_unit_test(test_rtsp_goes_the_way_of_the_output),
		cmocka_unit_test(test_segments_are_waited_for),
		cmocka_unit_test(test_a_mark_is_listened_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
