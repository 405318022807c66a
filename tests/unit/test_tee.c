/* One ffmpeg for the outputs of a group: its command line, who may be in a
 * group, and what it says of a member that failed. */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/tee.h"

static void
expect_probed(
    const char *const *urls, const char *probed, const char *last_word)
{
	static const struct conf_channel ch = { .rate_hz = 24000,
		.channels = 1 };
	const struct invocation start = {
		.program = "ffmpeg", .socket = "/run/a.sock", .modern = true
	};
	struct conf_output conf[TEE_MAX] = { 0 };
	struct plan plans[TEE_MAX];
	struct tee_member members[TEE_MAX];
	struct conf_error e;
	char **argv;
	size_t n;

	for (n = 0; urls[n]; n++) {
		conf[n] = (struct conf_output){ .address.url = (char *)urls[n],
			.probe.url = (char *)probed,
			.timing.start_timeout_ns = INT64_C(15000000000) };
		assert_int_equal(plan_make(&conf[n], "url", &plans[n], &e), 0);
		members[n] = (struct tee_member){ &plans[n], &conf[n], 0 };
	}
	argv = tee_argv(members, n, &ch, &start);
	assert_non_null(argv);
	assert_string_equal(argv[words_count(argv) - 1], last_word);
	words_free(argv);
}

static void
expect(const char *const *urls, const char *last_word)
{
	expect_probed(urls, "", last_word);
}

static void
test_members_are_slaves(void **state)
{
	const char *const urls[] = { "rtmp://a/live/x", "rtsp://b/y", NULL };

	(void)state;
	expect(urls,
	    "[onfail=ignore:rw_timeout=15000000:flush_packets=1:f=flv:"
	    "flvflags=no_duration_filesize:tcp_nodelay=1]rtmp://a/live/x|"
	    "[onfail=ignore:timeout=15000000:flush_packets=1:f=rtsp:"
	    "max_delay=0:rtsp_transport=tcp]rtsp://b/y");
}

/* Whose connection is whose cannot be seen otherwise. */
static void
test_connections_are_marked(void **state)
{
	const char *const urls[] = { "rtmp://a/live/x", "rtsp://b/y",
		"rtmp://a/live/z", NULL };

	(void)state;
	expect_probed(urls, "rtmp://a/out",
	    "[onfail=ignore:rw_timeout=15000000:recv_buffer_size=65537:"
	    "flush_packets=1:f=flv:flvflags=no_duration_filesize:"
	    "tcp_nodelay=1]rtmp://a/live/x|"
	    "[onfail=ignore:timeout=15000000:flush_packets=1:f=rtsp:"
	    "max_delay=0:rtsp_transport=tcp]rtsp://b/y|"
	    "[onfail=ignore:rw_timeout=15000000:recv_buffer_size=65541:"
	    "flush_packets=1:f=flv:flvflags=no_duration_filesize:"
	    "tcp_nodelay=1]rtmp://a/live/z");
}

/* Characters that end a slave, an option or a word for ffmpeg are escaped. */
static void
test_special_characters(void **state)
{
	const char *const urls[] = { "srt://a:9000?x=a|b'c\\d", "/srv/a'b.m3u8",
		NULL };

	(void)state;
	expect(urls,
	    "[onfail=ignore:flush_packets=1:f=mpegts:max_delay=0]"
	    "srt://a:9000?x=a\\|b\\'c\\\\d|"
	    "[onfail=ignore:flush_packets=1:f=hls:hls_list_size=6:hls_flags="
	    "delete_segments+append_list+omit_endlist+temp_file:"
	    "hls_time=2.000]/srv/a\\'b.m3u8");
}

static int
check(const char *text, struct conf_error *e)
{
	struct conf c;
	int rc = conf_init(&c);

	if (rc == 0)
		rc = conf_parse(&c, "f", text, strlen(text), e);
	if (rc == 0)
		rc = conf_finish(&c, e);
	if (rc == 0)
		rc = tee_check(&c, e);
	conf_done(&c);
	return rc;
}

#define A "[output a]\nurl = rtmp://h/a/k\ngroup = g\n"
#define B "[output b]\nurl = rtsp://h/b\ngroup = g\n"
#define V "video = v\n"

static void
test_who_may_be_in_a_group(void **state)
{
	static const char *const wrong[] = {
		A B "codec = opus\n",
		A B "bitrate = 32k\n",
		A B "rate = 48000\n",
		A B "channels = 2\n",
		A B "latency = low\n",
		A B "channel = x\n[channel x]\n",
		A B "extra_input_args = -x y\n",
		A B "video = v\n[video v]\n",
		A V B V "encoder = libx264\n[video v]\n",
		A V B V "preset = youtube\n[video v]\n",
		A B "extra_output_args = -x y\n",
		A "key_file = /x\n",
		"[output a]\nurl = icecast://source@h/m\ngroup = g\n" B,
		"[output a]\nurl_file = /x\ngroup = g\n",
		"[output a]\nurl_command = x\ngroup = g\n",
		"[output a]\nurl = rtmp://h:1/a/k\ngroup = g\nlisten = yes\n",
		"[output a]\nurl = /srv/x.m3u8\ngroup = g\nvariants = 64k\n",
		"[output a]\nurl = rtmp://h/a/k\ngroup = g/h\n",
	};
	struct conf_error e;
	size_t i;

	(void)state;
	assert_int_equal(check(A B, &e), 0);
	assert_int_equal(check(A V B V "[video v]\n", &e), 0);
	assert_int_equal(
	    check(A "[output c]\nurl = rtsp://h/c\ncodec = opus\n", &e), 0);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (check(wrong[i], &e) != ERR_INVALID ||
		    strstr(e.text, "group") == NULL)
			fail_msg("%s: %s", wrong[i], e.text);
	}
}

/* Story: of a line that began so and had no ": ", the reason was read from
 * address 2. Found by fuzz_report. */
static void
test_what_it_says_of_one_that_failed(void **state)
{
	char why[64];
	unsigned i = 99;

	(void)state;
	assert_true(tee_lost("Slave muxer #1 failed: Broken pipe, continuing "
			     "with 2/3 slaves.",
	    &i, why, sizeof(why)));
	assert_int_equal(i, 1);
	assert_string_equal(why, "Broken pipe");
	assert_true(tee_lost("Slave muxer #12 failed: ", &i, why, sizeof(why)));
	assert_int_equal(i, 12);
	assert_string_equal(why, "");
	assert_false(tee_lost("Slave muxer", &i, why, sizeof(why)));
	assert_false(tee_lost("Slave muxer #1 is", &i, why, sizeof(why)));
	assert_false(tee_lost("Slave muxer #1:", &i, why, sizeof(why)));
	assert_false(tee_lost("All tee outputs failed.", &i, why, sizeof(why)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_are_slaves),
		cmocka_unit_test(test_connections_are_marked),
		cmocka_unit_test(test_special_characters),
		cmocka_unit_test(test_who_may_be_in_a_group),
		cmocka_unit_test(test_what_it_says_of_one_that_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
