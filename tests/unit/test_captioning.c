/*
 * The command line of the program that writes captions. A delay that is wrong
 * by the encoder's first samples shows every word too early, and nobody sees
 * why.
 */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "streamer-supervisor/captioning/captioning_argv.h"

#define HEAD                                                             \
	"/x/captions --control /run/c.sock --channel main --rate 24000 " \
	"--pid 42 --delay "
#define LISTS "--captions live_vtt.m3u8 --master live_captions.m3u8 "

static void
expect_from(
    const struct conf_output *o, const uint64_t *first, const char *expected)
{
	static const struct captioning_places at = { "/x", "/run/c.sock" };
	const struct conf_channel ch = {
		.block.name = "main", .rate_hz = 24000, .channels = 1
	};
	struct conf_error e;
	struct plan plan;
	char got[1024] = "", **argv;
	size_t i, n = 0;

	assert_int_equal(plan_make(o, "url", &plan, &e), 0);
	argv = captioning_argv(&at, &plan, o, &ch, 42, first);
	assert_non_null(argv);
	for (i = 0; argv[i]; i++)
		n += (size_t)snprintf(
		    got + n, sizeof(got) - n, "%s%s", i ? " " : "", argv[i]);
	assert_string_equal(got, expected);
	words_free(argv);
}

static void
expect(const struct conf_output *o, const char *expected)
{
	expect_from(o, NULL, expected);
}

static struct conf_output
output(const char *url)
{
	return (struct conf_output){ .block = { .section = "output",
					 .name = "live" },
		.captions = true,
		.address.url = (char *)url };
}

static void
test_each_codec_has_its_delay(void **state)
{
	struct conf_output o = output("/web/live.m3u8");

	(void)state;
	expect(&o, HEAD "3840 --codecs mp4a.40.2 " LISTS
			"--list /web/live.m3u8 --bandwidth 89600");
	o.sound.latency = LATENCY_LOW;
	expect(&o, HEAD "1920 --codecs mp4a.40.2 " LISTS
			"--list /web/live.m3u8 --bandwidth 89600");
	o = output("/web/live.m3u8");
	o.sound.codec = CODEC_MP3;
	o.sound.bitrate = 32000;
	expect(&o, HEAD "4143 --codecs mp4a.40.34 " LISTS
			"--list /web/live.m3u8 --bandwidth 44800");
}

static void
test_all_lists_are_named(void **state)
{
	static char *variants[] = { "64k", "32k", NULL };
	struct conf_output o = output("/web/live.m3u8");

	(void)state;
	o.sound.variants = variants;
	expect(&o, HEAD "3840 --codecs mp4a.40.2 " LISTS
			"--list /web/live_64k.m3u8 --bandwidth 89600 "
			"--list /web/live_32k.m3u8 --bandwidth 44800");
	o = output("/web/");
	expect(&o, HEAD "3840 --codecs mp4a.40.2 --captions index_vtt.m3u8 "
			"--master index_captions.m3u8 "
			"--list /web/index.m3u8 --bandwidth 89600");
}

/* Its ffmpeg does not read from ttsd, and no codec of a picture is promised. */
static void
test_with_a_picture(void **state)
{
	static const struct conf_video v = { .size = { 320, 180 }, .fps = 10 };
	static char *variants[] = { "1M", NULL };
	const uint64_t first = 42000;
	struct conf_output o = output("/web/live.m3u8");

	(void)state;
	o.picture = &v;
	o.sound.variants = variants;
	expect_from(&o, &first,
	    "/x/captions --control /run/c.sock --channel main --rate 24000 "
	    "--pid 42 --first-sample 42000 --delay 1920 " LISTS
	    "--list /web/live_1M.m3u8 --bandwidth 1489600");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_codec_has_its_delay),
		cmocka_unit_test(test_all_lists_are_named),
		cmocka_unit_test(test_with_a_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
