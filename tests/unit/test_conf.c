/*
 * Guards the configuration reader: what each line means, defaults, that -D
 * wins, and that damaged files are answered. test_conf_mistakes.c has the
 * messages.
 */
#include "tests/unit/test.h"

#include "common/conf/engine_type.h"
#include "common/err.h"

static struct conf conf;
static struct conf_error error;

static int
begin(void **state)
{
	(void)state;
	error.text[0] = '\0';
	return conf_init(&conf);
}

static int
end(void **state)
{
	(void)state;
	conf_done(&conf);
	return 0;
}

/* Reads a copy of exactly the text's size. */
static int
parse(const char *text, size_t len)
{
	char *copy = exact_copy(text, len);
	int rc = conf_parse(&conf, "f.conf", copy, len, &error);

	free(copy);
	return rc;
}

static void
good(const char *text)
{
	if (parse(text, strlen(text)) != 0)
		fail_msg("%s", error.text);
}

static void
set(const char *option)
{
	if (conf_set(&conf, option, &error) != 0)
		fail_msg("%s", error.text);
}

static void
finish(void)
{
	if (conf_finish(&conf, &error) != 0)
		fail_msg("%s", error.text);
}

/* The type of an engine that there is. */
static const char *
type_of(const char *name)
{
	return engine_type_of(conf_engine_find(&conf, name))->name;
}

/* docs/CONFIG.md: with nothing configured there is one channel. */
static void
test_nothing_configured(void **state)
{
	const struct conf_channel *ch;

	(void)state;
	good("");
	finish();
	assert_int_equal(conf.channels.count, 1);
	assert_int_equal(conf.outputs.count, 0);
	ch = conf_channel_at(&conf, 0);
	assert_string_equal(ch->block.name, "main");
	assert_int_equal(ch->rate_hz, 24000);
	assert_int_equal(ch->channels, 1);
	assert_int_equal(ch->frame_ms, 10);
	assert_string_equal(ch->engine, "espeak");
	assert_int_equal(ch->overflow, OVERFLOW_SKIP);
	assert_string_equal(type_of("espeak"), "espeak");
	assert_string_equal(type_of("tone"), "tone");
	assert_string_equal(conf.ttsd.runtime_dir, "");
	assert_int_equal(conf.ttsd.workers, 2);
	assert_string_equal(conf.streamer.ffmpeg, "ffmpeg");
}

static void
test_a_whole_file(void **state)
{
	const struct conf_output *o;

	(void)state;
	good("\xef\xbb\xbf; a comment\r\n"
	     "[ttsd]\r\n"
	     "workers = 4\r\n"
	     "\r\n"
	     "  [channel a]   # comment\n"
	     "\trate=48000 ; comment\n"
	     "channels = 2\n"
	     "[channel b-2_X]\n"
	     "[output live]\n"
	     "channel = b-2_X\n"
	     "url = rtsp://h:8554/x;y#z=1 ; the rest is comment\n"
	     "codec = opus\n"
	     "bitrate = 64k\n"
	     "autostart = no\n"
	     "backoff_initial = 250ms\n"
	     "backoff_max = 2m\n"
	     "extra_input_args = -a 'b c' \"d;  # e\"\n"
	     "extra_output_args =");
	finish();
	assert_int_equal(conf.ttsd.workers, 4);
	assert_int_equal(conf.channels.count, 2);
	assert_int_equal(conf_channel_at(&conf, 0)->rate_hz, 48000);
	assert_int_equal(conf_channel_at(&conf, 0)->channels, 2);
	assert_int_equal(conf_channel_at(&conf, 1)->rate_hz, 24000);
	assert_int_equal(conf_channel_at(&conf, 1)->block.line, 8);
	o = conf_output_at(&conf, 0);
	assert_string_equal(o->address.url, "rtsp://h:8554/x;y#z=1");
	assert_int_equal(o->sound.codec, CODEC_OPUS);
	assert_int_equal(o->sound.bitrate, 64000);
	assert_int_equal(o->autostart, 0);
	assert_int_equal(o->timing.backoff_initial_ns, 250000000);
	assert_int_equal(o->timing.backoff_max_ns, INT64_C(120000000000));
	assert_string_equal(o->extra_input_args[0], "-a");
	assert_string_equal(o->extra_input_args[1], "b c");
	assert_string_equal(o->extra_input_args[2], "d;  # e");
	assert_null(o->extra_input_args[3]);
	assert_null(o->extra_output_args[0]);
}

static void
test_forms_of_values(void **state)
{
	static const struct {
		const char *option;
		int64_t value;
		bool valid;
	} cases[] = {
		{ "output.x.stall_timeout=100ms", 100000000, true },
		{ "output.x.stall_timeout=1s", 1000000000, true },
		{ "output.x.stall_timeout=5m", INT64_C(300000000000), true },
		{ "output.x.stall_timeout=1h", INT64_C(3600000000000), true },
		{ "output.x.stall_timeout=061s", INT64_C(61000000000), true },
		{ "output.x.stall_timeout=10", 0, false },
		{ "output.x.stall_timeout=10 s", 0, false },
		{ "output.x.stall_timeout=1.5s", INT64_C(1500000000), true },
		{ "output.x.stall_timeout=1,5s", 0, false },
		{ "output.x.stall_timeout=-1s", 0, false },
		{ "output.x.stall_timeout=+1s", 0, false },
		{ "output.x.stall_timeout=s", 0, false },
		{ "output.x.stall_timeout=1S", 0, false },
		{ "output.x.stall_timeout=1ss", 0, false },
		{ "output.x.stall_timeout=99ms", 0, false },
		{ "output.x.stall_timeout=2h", 0, false },
		{ "output.x.stall_timeout=999999999999h", 0, false },
		{ "output.x.stall_timeout=99999999999999999999s", 0, false },
		{ "output.x.stall_timeout=", 0, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		conf_done(&conf);
		assert_int_equal(conf_init(&conf), 0);
		assert_int_equal(conf_set(&conf, cases[i].option, &error) == 0,
		    cases[i].valid);
		if (cases[i].valid)
			assert_int_equal(
			    conf_output_at(&conf, 0)->timing.stall_timeout_ns,
			    cases[i].value);
	}
	set("output.x.bitrate=1M");
	assert_int_equal(conf_output_at(&conf, 0)->sound.bitrate, 1000000);
	set("output.x.bitrate=96000");
	assert_int_equal(conf_output_at(&conf, 0)->sound.bitrate, 96000);
	assert_int_not_equal(conf_set(&conf, "output.x.bitrate=1K", &error), 0);
	set("output.x.autostart=false");
	assert_int_equal(conf_output_at(&conf, 0)->autostart, 0);
	set("output.x.autostart=true");
	assert_int_equal(conf_output_at(&conf, 0)->autostart, 1);
}

static void
test_options_win(void **state)
{
	(void)state;
	good("[ttsd]\nworkers = 4\n[output a]\nurl = rtsp://file/a\n");
	set("ttsd.workers=7");
	set("ttsd.workers=8"); /* the last one */
	set("output.a.url=rtmp://h:1935/live?a=b.c=d");
	set("output.b.url=srt://h");
	set("ttsd.runtime_dir=/tmp/a.b=c");
	finish();
	assert_int_equal(conf.ttsd.workers, 8);
	assert_int_equal(conf.ttsd.block.set_at[1], CONF_BY_OPTION);
	assert_string_equal(conf.ttsd.runtime_dir, "/tmp/a.b=c");
	assert_int_equal(conf.outputs.count, 2);
	assert_string_equal(conf_output_at(&conf, 0)->address.url,
	    "rtmp://h:1935/live?a=b.c=d");
	assert_int_equal(conf_output_at(&conf, 0)->block.line, 3);
	assert_string_equal(conf_output_at(&conf, 1)->block.name, "b");
	assert_int_equal(conf_output_at(&conf, 1)->block.line, CONF_BY_OPTION);
}

static void
test_pictures(void **state)
{
	const struct conf_video *v;
	const struct conf_output *o;

	(void)state;
	good("[video v]\nsource = board\nlayout = /b.svg\nsize = 640x362\n"
	     "background = #1020fF # dark\nfields.ticket = A, 1=2\n"
	     "fields.counter = 3\n[video off]\nsource = none\n"
	     "[output a]\nurl = rtmp://h/a/k\nvideo = v\n"
	     "[output b]\nurl = rtmp://h/a/k\nvideo = off\n");
	set("video.v.fields.counter=4.5");
	set("video.v.fields.new=");
	finish();
	v = conf_video_find(&conf, "v");
	assert_int_equal(v->size.width, 640);
	assert_int_equal(v->size.height, 362);
	assert_int_equal(v->background, 0x1020ff);
	assert_string_equal(v->fields[0], "ticket=A, 1=2");
	assert_string_equal(v->fields[1], "counter=4.5");
	assert_string_equal(v->fields[2], "new=");
	assert_null(v->fields[3]);
	o = conf_output_at(&conf, 0);
	assert_ptr_equal(o->picture, v);
	assert_null(conf_output_at(&conf, 1)->picture);
}

/* A channel named only by -D exists by that, and takes main's place. */
static void
test_named_by_an_option_alone(void **state)
{
	(void)state;
	set("channel.lobby.rate=8000");
	finish();
	assert_int_equal(conf.channels.count, 1);
	assert_string_equal(conf_channel_at(&conf, 0)->block.name, "lobby");
	assert_non_null(conf_channel_find(&conf, "lobby"));
	assert_null(conf_channel_find(&conf, "main"));
	assert_null(conf_engine_find(&conf, "lobby"));
}

static void
test_engines(void **state)
{
	const struct conf_engine *engine;

	(void)state;
	good("[engine piper]\n"
	     "type = command\n"
	     "command = piper --model \"my voice.onnx\" --raw ; comment\n"
	     "rate = 22050\n"
	     "[engine tone]\ntimeout = 1s\n"
	     "[channel main]\nengine = piper\n");
	finish();
	assert_int_equal(conf.engines.count, 4);
	engine = conf_engine_find(&conf, "piper");
	assert_string_equal(type_of("piper"), "command");
	assert_string_equal(engine->command[0], "piper");
	assert_string_equal(engine->command[2], "my voice.onnx");
	assert_string_equal(engine->command[3], "--raw");
	assert_null(engine->command[4]);
	/* Named, but of the type that its name says. */
	assert_string_equal(type_of("tone"), "tone");
	assert_int_equal(
	    conf_engine_find(&conf, "tone")->timeout_ns, 1000000000);
	/* Unless it says so itself. */
	set("engine.tone.type=espeak");
	finish();
	assert_string_equal(type_of("tone"), "espeak");
}

static void
test_zones(void **state)
{
	(void)state;
	good("[zone all]\nchannels = hall main\n"
	     "[zone wing]\nchannels = hall\n"
	     "[channel main]\n[channel hall]\n");
	assert_int_equal(conf.zones.count, 2);
	assert_string_equal(conf_zone_find(&conf, "all")->channels[0], "hall");
	assert_string_equal(conf_zone_find(&conf, "all")->channels[1], "main");
	assert_null(conf_zone_find(&conf, "wing")->channels[1]);
	assert_null(conf_zone_find(&conf, "hall"));
}

/* A tag is found in whatever way it is written, and by what is wider. */
static void
test_languages(void **state)
{
	(void)state;
	good("[language ja]\nengine = tone\n"
	     "[language zh_TW]\nvoice = cmn\n"
	     "[language zh]\nvoice = yue\n");
	finish();
	assert_string_equal(conf_language_find(&conf, "JA-jp")->engine, "tone");
	assert_string_equal(conf_language_find(&conf, "zh-tw")->voice, "cmn");
	assert_string_equal(conf_language_find(&conf, "cmn")->voice, "yue");
	assert_string_equal(
	    conf_language_find(&conf, "cmn-Hans-CN")->voice, "yue");
	assert_null(conf_language_find(&conf, "jav"));
	assert_null(conf_language_find(&conf, "zh-yue"));
	assert_null(conf_language_find(&conf, ""));
}

/* Quotes keep what would begin a comment: single ones too, as a shell. */
static void
test_quotes_keep_comments(void **state)
{
	char **command;

	(void)state;
	good("[engine x]\n"
	     "type = command\n"
	     "command = sh -c 'say # one ; two' \"three ; # four\" # five\n");
	command = conf_engine_at(&conf, 0)->command;
	assert_string_equal(command[2], "say # one ; two");
	assert_string_equal(command[3], "three ; # four");
	assert_null(command[4]);
}

/* An apostrophe in plain text is no quote. */
static void
test_apostrophe_before_a_comment(void **state)
{
	(void)state;
	good("[channel a]\nvoice = Anna's voice ; not Ben's\n");
	assert_string_equal(
	    conf_channel_at(&conf, 0)->speech.voice, "Anna's voice");
}

static void
test_names(void **state)
{
	static const char *const valid[] = { "a", "A-b_9", "_", "-",
		"abcdefghijklmnopqrstuvwxyz012345" };
	static const char *const invalid[] = { "", "a b", "a.b", "a/b", "é",
		"../x", "abcdefghijklmnopqrstuvwxyz0123456", "a\n" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(valid); i++)
		assert_true(conf_name_valid(valid[i]));
	for (i = 0; i < COUNT_OF(invalid); i++)
		assert_false(conf_name_valid(invalid[i]));
}

static void
test_as_many_sections_as_allowed(void **state)
{
	char option[64];
	int i;

	(void)state;
	for (i = 0; i < CONF_BLOCKS_MAX; i++) {
		snprintf(option, sizeof(option), "output.o%d.url=x", i);
		set(option);
	}
	assert_int_equal(conf.outputs.count, CONF_BLOCKS_MAX);
	assert_int_equal(
	    conf_set(&conf, "output.more.url=x", &error), ERR_INVALID);
	assert_non_null(strstr(error.text, "too many"));
	set("output.o999.url=y");
	set("channel.c.rate=8000");
	finish();
	assert_string_equal(conf_output_at(&conf, 999)->address.url, "y");
}

static void
test_lines_of_any_length(void **state)
{
	static char text[CONF_LINE_MAX + 100];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[0] = ';';
	assert_int_equal(parse(text, CONF_LINE_MAX), 0);
	text[CONF_LINE_MAX] = '\n';
	assert_int_equal(parse(text, CONF_LINE_MAX + 1), 0);
	/* A comment may say what it likes. */
	text[CONF_LINE_MAX] = 'x';
	assert_int_equal(parse(text, CONF_LINE_MAX + 1), 0);
	text[0] = 'x';
	assert_int_equal(parse(text, CONF_LINE_MAX + 1), ERR_INVALID);
	assert_non_null(strstr(error.text, "f.conf:1: "));
}

static const char sample[] =
    "[ttsd]\nworkers = 4 ; c\n[engine p]\ntype = command\n"
    "command = a 'b c' \"d\"\n[channel main]\nengine = p\nrate = 8000\n"
    "[output live]\nurl = rtsp://h/x\nbackoff_max = 5m\nautostart = no\n";

static void
test_damaged_files(void **state)
{
	struct rng r = { 16 };
	uint8_t bytes[sizeof(sample) + 100];
	size_t len;
	int rc, round;

	(void)state;
	for (round = 0; round < 50000; round++) {
		memcpy(bytes, sample, sizeof(sample) - 1);
		len = mutate(&r, bytes, sizeof(sample) - 1, sizeof(bytes));
		conf_done(&conf);
		assert_int_equal(conf_init(&conf), 0);
		memset(error.text, 0, sizeof(error.text));
		rc = parse((char *)bytes, len);
		if (rc == 0)
			rc = conf_finish(&conf, &error);
		assert_true(rc == 0 || rc == ERR_INVALID);
		assert_int_equal(rc != 0, error.text[0] != '\0');
		if (rc != 0)
			assert_memory_equal(error.text, "f.conf", 6);
		else
			assert_true(conf.channels.count >= 1);
	}
}

static void
test_done_twice(void **state)
{
	(void)state;
	good(sample);
	conf_done(&conf);
	assert_int_equal(conf_init(&conf), 0);
	finish();
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

static void
test_blocks_that_are_the_same(void **state)
{
	static const char *const settings[] = { "output.b.url=udp://h:2",
		"output.b.bitrate=64001", "output.b.autostart=no",
		"output.b.codec=opus", "output.b.backoff_max=31s",
		"output.b.extra_input_args=x y", "output.b.sdp_file=x" };
	struct conf_error e;
	struct conf c;
	size_t i;

	(void)state;
	assert_int_equal(conf_init(&c), 0);
	assert_int_equal(conf_set(&c, "video.a.fields.x=y", &e), 0);
	assert_int_equal(conf_set(&c, "video.b.fields.x=z", &e), 0);
	assert_int_equal(conf_set(&c, "video.c.fields.x=z", &e), 0);
	assert_int_equal(conf_set(&c, "video.c.size=1280x718", &e), 0);
	assert_int_equal(conf_set(&c, "video.d.fields.x=y", &e), 0);
	assert_true(
	    conf_same("video", conf_video_at(&c, 0), conf_video_at(&c, 3)));
	assert_false(
	    conf_same("video", conf_video_at(&c, 0), conf_video_at(&c, 1)));
	assert_false(
	    conf_same("video", conf_video_at(&c, 1), conf_video_at(&c, 2)));
	conf_done(&c);
	for (i = 0; i < COUNT_OF(settings); i++) {
		assert_int_equal(conf_init(&c), 0);
		/* The outputs differ in name, order and way of writing. */
		assert_int_equal(conf_set(&c, "output.a.url=udp://h:1", &e), 0);
		assert_int_equal(conf_set(&c, "output.a.bitrate=64k", &e), 0);
		assert_int_equal(
		    conf_set(&c, "output.a.extra_input_args=x", &e), 0);
		assert_int_equal(
		    conf_set(&c, "output.b.extra_input_args='x'", &e), 0);
		assert_int_equal(conf_set(&c, "output.b.bitrate=64000", &e), 0);
		assert_int_equal(conf_set(&c, "output.b.url=udp://h:1", &e), 0);
		assert_true(conf_same(
		    "output", conf_output_at(&c, 0), conf_output_at(&c, 1)));
		conf_done(&c);

		assert_int_equal(conf_init(&c), 0);
		assert_int_equal(conf_set(&c, "output.a.codec=auto", &e), 0);
		assert_int_equal(conf_set(&c, settings[i], &e), 0);
		assert_false(conf_same(
		    "output", conf_output_at(&c, 0), conf_output_at(&c, 1)));
		assert_false(conf_same(
		    "output", conf_output_at(&c, 1), conf_output_at(&c, 0)));
		conf_done(&c);
	}
}

/* An output's key_file without a folder was the first way. */
static void
test_credentials(void **state)
{
	(void)state;
	good("[http]\ntokens = credential:t\n[engine e]\ntype = http\n"
	     "url = http://h/\nkey_file = key\n[output a]\nurl_file = "
	     "credential:u\nkey_file = credential:k\n[output b]\n"
	     "url = rtmp://h/a\nkey_file = k\n");
	finish();
	assert_int_equal(conf_place_credentials(&conf, NULL), 0);
	assert_string_equal(conf.http.tokens, "credential:t");
	assert_int_equal(conf_place_credentials(&conf, "/run/c"), 0);
	assert_string_equal(conf.http.tokens, "/run/c/t");
	assert_string_equal(conf_engine_at(&conf, 0)->key_file, "key");
	assert_string_equal(
	    conf_output_at(&conf, 0)->address.url_file, "/run/c/u");
	assert_string_equal(
	    conf_output_at(&conf, 0)->address.key_file, "/run/c/k");
	assert_string_equal(
	    conf_output_at(&conf, 1)->address.key_file, "/run/c/k");
	assert_int_equal(
	    conf_set(&conf, "http.tokens=credential:a/b", &error), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_nothing_configured),
		CASE(test_a_whole_file),
		CASE(test_forms_of_values),
		CASE(test_options_win),
		CASE(test_named_by_an_option_alone),
		CASE(test_pictures),
		CASE(test_engines),
		CASE(test_languages),
		CASE(test_zones),
		CASE(test_quotes_keep_comments),
		CASE(test_apostrophe_before_a_comment),
		CASE(test_names),
		CASE(test_as_many_sections_as_allowed),
		CASE(test_lines_of_any_length),
		CASE(test_damaged_files),
		CASE(test_done_twice),
		CASE(test_credentials),
		cmocka_unit_test(test_blocks_that_are_the_same),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
