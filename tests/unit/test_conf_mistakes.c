/*
 * Guards the messages of the configuration reader: each kind of mistake says
 * where it stands (file and line, or the -D argument), which section and key
 * it is about and what was expected, in one safe line; and none of them
 * shows a secret.
 */
#include "tests/unit/test.h"

#include "common/conf/conf.h"
#include "common/err.h"
#include "common/utf8.h"

#define MESSAGE "[message ticket]\ntext = {ticket}\n"

static struct conf_error error;

/* Reads the file, then the options, then finishes; the first error. */
static int
configure(const char *file, size_t len, const char *option)
{
	struct conf c;
	char *copy = exact_copy(file, len);
	int rc;

	error.text[0] = '\0';
	assert_int_equal(conf_init(&c), 0);
	rc = conf_parse(&c, "f.conf", copy, len, &error);
	free(copy);
	if (rc == 0 && option)
		rc = conf_set(&c, option, &error);
	if (rc == 0)
		rc = conf_finish(&c, &error);
	conf_done(&c);
	return rc;
}

static void
check_message(const char *what, const char *const words[4])
{
	char clean[CONF_ERROR_MAX];
	int i;

	for (i = 0; i < 4 && words[i]; i++)
		if (strstr(error.text, words[i]) == NULL)
			fail_msg("%s\n  says: %s\n  not:  %s", what, error.text,
			    words[i]);
	utf8_sanitise(clean, sizeof(clean), error.text, strlen(error.text));
	assert_string_equal(error.text, clean);
}

struct mistake {
	const char *text;
	const char *words[4];
};

static void
expect(const struct mistake *m, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (configure(m[i].text, strlen(m[i].text), NULL) !=
		    ERR_INVALID)
			fail_msg("no complaint: %s", m[i].text);
		check_message(m[i].text, m[i].words);
	}
}

static void
test_lines(void **state)
{
	static const struct mistake mistakes[] = {
		{ "\n\nnonsense\n", { "f.conf:3: ", "key = value" } },
		{ "workers = 2\n", { "f.conf:1: ", "before the first" } },
		{ "[ttsd\n", { "f.conf:1: ", "[section name]" } },
		{ "[ttsd] x\n", { "f.conf:1: ", "[section name]" } },
		{ "\n[]\n", { "f.conf:2: ", "unknown section" } },
		{ "[nope]\n", { "f.conf:1: ", "[nope]", "channel NAME" } },
		{ "[Ttsd]\n", { "f.conf:1: ", "[Ttsd]" } },
		{ "[chanel x]\n", { "[chanel] (did you mean 'channel'?)" } },
		{ "[channel x]\nvoise = en\n",
		    { "no key 'voise' (did you mean 'voice'?)" } },
		{ "[ttsd x]\n", { "f.conf:1: ", "[ttsd]", "no name" } },
		{ "[output]\n", { "f.conf:1: ", "[output", "1 to 32" } },
		{ "[output a b]\n", { "f.conf:1: ", "a b", "1 to 32" } },
		{ "[output a.b]\n", { "f.conf:1: ", "a to z" } },
		{ "[channel abcdefghijklmnopqrstuvwxyz0123456]\n",
		    { "f.conf:1: ", "1 to 32" } },
		{ "[ttsd]\n\n[ttsd]\n", { "f.conf:3: ", "line 1" } },
		{ "[output a]\nurl=x\n[output b]\nurl=x\n[output a]\n",
		    { "f.conf:5: ", "line 1" } },
		{ "[ttsd]\n= 5\n", { "f.conf:2: ", "[ttsd]", "no key" } },
	};

	(void)state;
	expect(mistakes, COUNT_OF(mistakes));
}

static void
test_keys_and_values(void **state)
{
	static const struct mistake mistakes[] = {
		{ "[ttsd]\nwrokers = 2\n",
		    { "f.conf:2: ", "[ttsd]", "wrokers" } },
		{ "[channel a]\nurl = x\n",
		    { "f.conf:2: ", "[channel a]", "'url'" } },
		{ "[ttsd]\nworkers = 2\n\nworkers = 2\n",
		    { "f.conf:4: ", "[ttsd] workers", "line 2" } },
		{ "[ttsd]\nworkers = many\n",
		    { "f.conf:2: ", "[ttsd] workers", "'many'", "1 to 64" } },
		{ "[ttsd]\nworkers =\n", { "f.conf:2: ", "1 to 64" } },
		{ "[ttsd]\nworkers = 0\n", { "f.conf:2: ", "1 to 64" } },
		{ "[ttsd]\nworkers = 65\n", { "f.conf:2: ", "1 to 64" } },
		{ "[ttsd]\nworkers = 2.0\n", { "f.conf:2: ", "1 to 64" } },
		{ "[ttsd]\nworkers = 0x10\n", { "f.conf:2: ", "1 to 64" } },
		{ "[ttsd]\nworkers = 2 2\n", { "f.conf:2: ", "'2 2'" } },
		{ "[ttsd]\nworkers = 2;c\n", { "f.conf:2: ", "'2;c'" } },
		{ "[output a]\nautostart = on\n",
		    { "f.conf:2: ", "[output a] autostart", "yes or no" } },
		{ "[output a]\ncodec = flac\n",
		    { "f.conf:2: ", "[output a] codec", "auto, aac, opus" } },
		{ "[output a]\nstop_timeout = 3\n",
		    { "f.conf:2: ", "a duration from 10ms to 1h" } },
		{ "[output a]\nbitrate = 64kb\n",
		    { "f.conf:2: ", "'64kb'", "such as 64k" } },
		{ "[ttsd]\nhistory_max = 999k\n",
		    { "f.conf:2: ", "bytes such as 500M", "from 1M" } },
		{ "[ttsd]\nhistory_keep = 10y\n",
		    { "f.conf:2: ", "a duration from 0ms to 3660d" } },
		{ "[ttsd]\ndurable = ttsd\n",
		    { "f.conf:2: ", "yes, no, required" } },
		{ "[engine a]\ncommand = a 'b\n",
		    { "f.conf:2: ", "[engine a] command", "quotes" } },
		{ "[engine a]\ncommand = a \\\n", { "f.conf:2: ", "command" } },
	};

	(void)state;
	expect(mistakes, COUNT_OF(mistakes));
}

/* What does not fit together is said with the line of the key. */
static void
test_what_belongs_together(void **state)
{
	static const struct mistake mistakes[] = {
		{ "[ttsd]\ndurable = no\n[channel a]\ndurable = yes\n",
		    { "f.conf:4: ", "[channel a] durable",
			"in [ttsd] is no" } },
		{ "[output live]\ncodec = aac\n",
		    { "f.conf:1: ", "[output live]", "url" } },
		{ "[engine e]\ntype = command\n",
		    { "f.conf:1: ", "[engine e]", "command" } },
		{ "[channel control]\n",
		    { "f.conf:1: ", "[channel control]", "socket" } },
		{ "[channel streamer]\n",
		    { "f.conf:1: ", "[channel streamer]", "socket" } },
		{ "[engine tone]\n\ncommand = x\n",
		    { "f.conf:3: ", "[engine tone] command", "type" } },
		{ "[channel a]\nrate = 8000\nengine = none\n",
		    { "f.conf:3: ", "[channel a] engine", "none" } },
		{ "[zone z]\n",
		    { "f.conf:1: ", "[zone z]", "needs channels" } },
		{ "[zone z]\nchannels =\n",
		    { "f.conf:1: ", "[zone z]", "needs channels" } },
		{ "[zone z]\nchannels = main x\n[channel main]\n",
		    { "f.conf:2: ", "[zone z] channels", "no [channel x]" } },
		{ "[zone z]\nchannels = main main\n",
		    { "f.conf:2: ", "[zone z] channels", "'main'", "twice" } },
		{ "[channel a]\n[zone a]\nchannels = a\n",
		    { "f.conf:2: ", "[zone a]", "taken by [channel a]" } },
		{ "[language x_y@]\nvoice = x\n", { "f.conf:1: ", "a to z" } },
		{ "[language -]\nvoice = x\n",
		    { "f.conf:1: ", "[language -]", "language tag" } },
		{ "[message m]\n", { "f.conf:1: ", "[message m]", "a text" } },
		{ "[message m]\ntext = a\nchannel = main hall\n",
		    { "f.conf:3: ", "[message m] channel", "[channel hall]" } },
		{ "[message m]\ntext = a\nttl = 8d\n",
		    { "f.conf:3: ", "[message m] ttl", "from 0ms to 7d" } },
		{ "[series A]\n", { "f.conf:1: ", "[series A] message",
				      "no [message ticket]" } },
		{ MESSAGE "[series A]\nfirst = 10\nlast = 9\n",
		    { "f.conf:4: ", "[series A] first", "more than last" } },
		{ MESSAGE "[series A]\n[series B]\nprefix = A\n",
		    { "f.conf:5: ", "[series B] prefix", "[series A]" } },
		{ MESSAGE "[series A]\n[series B]\nprefix = a\n",
		    { "f.conf:5: ", "[series B] prefix", "[series A]" } },
		{ "[series 内科]\n",
		    { "f.conf:1: ", "[series 内科]", "a to z" } },
		{ MESSAGE "[series A]\nprefix = aaaaaaaabbbbbbbbc\n",
		    { "f.conf:4: ", "[series A] prefix", "16 bytes" } },
		{ MESSAGE "[series A]\ncounters = 1 2 1\n",
		    { "f.conf:4: ", "[series A] counters", "'1'", "twice" } },
		{ MESSAGE "[series A]\ncounters = 1 ''\n",
		    { "f.conf:4: ", "[series A] counters", "32 bytes" } },
		{ MESSAGE "[series A]\nchannel = hall\n",
		    { "f.conf:4: ", "[series A] channel", "[channel hall]" } },
		{ "[language ja]\n",
		    { "f.conf:1: ", "[language ja]", "an engine or a voice" } },
		{ "[language ja]\nvoice = x\nengine = none\n",
		    { "f.conf:3: ", "[language ja] engine", "none" } },
		{ "[language zh]\nvoice = x\n[language cmn]\nvoice = y\n",
		    { "f.conf:3: ", "[language cmn]", "already" } },
		{ "[output a]\nurl = x\nchannel = c\n",
		    { "f.conf:3: ", "[output a] channel", "[channel c]" } },
		{ "[output a]\nurl = x\nbackoff_initial = 1m\n",
		    { "f.conf:3: ", "backoff_initial", "backoff_max" } },
		{ "[output a]\nurl = x\nbackoff_max = 100ms\n",
		    { "f.conf:3: ", "backoff_initial", "backoff_max" } },
		{ "[ttsd]\nworkers = 30\n",
		    { "f.conf:2: ", "[ttsd] workers", "workers_max" } },
		{ "[ttsd]\n\nworkers_max = 1\n",
		    { "f.conf:3: ", "[ttsd] workers", "workers_max" } },
		{ "[ttsd]\nmetrics = 0.0.0.0:9464\n",
		    { "f.conf:2: ", "[ttsd] metrics", "127.0.0.1:PORT",
			"reverse proxy" } },
		{ "[streamer]\nmetrics = example.com:80\n",
		    { "f.conf:2: ", "[streamer] metrics", "reverse proxy" } },
		{ "[output a]\nurl = udp://h:1\nkey_file = a\nkey_env = B\n",
		    { "f.conf:4: ", "[output a] key_env", "key_file" } },
		{ "[channel a]\naudio_socket = /s\n"
		  "[channel b]\naudio_socket = /s\n",
		    { "f.conf:4: ", "[channel b] audio_socket",
			"[channel a]" } },
		{ "[ttsd]\nmetrics = /run/m\n[streamer]\nmetrics = /run/m\n",
		    { "f.conf:4: ", "[streamer] metrics", "[ttsd]" } },
	};

	(void)state;
	expect(mistakes, COUNT_OF(mistakes));
}

#define VIDEO(keys) "[video v]\n" keys
#define SHOWN(keys) "[output a]\nurl = rtmp://h/a/k\nvideo = v\n" keys

/* What is put into topics, and what would go over the network in the clear. */
static void
test_brokers(void **state)
{
#define BROKER "[mqtt]\nurl = mqtt://b\n"
	static const struct mistake mistakes[] = {
		{ "[wyoming]\nlisten = 0.0.0.0:1\n",
		    { "f.conf:2: ", "[wyoming] listen", "set allow" } },
		{ "[wyoming]\nlisten = ha:1\n",
		    { "f.conf:2: ", "[wyoming] listen", "127.0.0.1:10200" } },
		{ "[wyoming]\nallow = ha.local\n",
		    { "f.conf:2: ", "[wyoming] allow", "192.168.1.0/24" } },
		{ "[wyoming]\nchannel = hall\n",
		    { "f.conf:2: ", "[wyoming] channel" } },
		{ "[mqtt]\nurl = broker\n",
		    { "f.conf:2: ", "[mqtt] url", "mqtts://HOST" } },
		{ "[mqtt]\nurl = mqtt://u:p@b\n", { "f.conf:2: ", "user" } },
		{ BROKER "site = a/b\n", { "f.conf:3: ", "[mqtt] site" } },
		{ BROKER "site = a+\n", { "f.conf:3: ", "[mqtt] site" } },
		{ BROKER "site = group\n", { "f.conf:3: ", "'group'" } },
		{ BROKER "groups = east x/y\n", { "f.conf:3: ", "groups" } },
		{ BROKER "discovery_prefix = a/#\n",
		    { "f.conf:3: ", "discovery_prefix", "'#'" } },
		{ BROKER "version = 4\n", { "f.conf:3: ", "5, 3.1.1" } },
		{ BROKER "ca_file = /ca\n", { "f.conf:3: ", "mqtts://" } },
		{ BROKER "password_env = A\npassword_file = /b\n",
		    { "password_env", "password_file" } },
		{ "[mqtt]\nurl = mqtts://b\ntls_cert = /c\n",
		    { "f.conf:3: ", "go together" } },
	};

	(void)state;
	expect(mistakes, COUNT_OF(mistakes));
}

static void
test_pictures(void **state)
{
	static const struct mistake mistakes[] = {
		{ VIDEO("size = 1281x720\n"),
		    { "f.conf:2: ", "[video v] size", "'1281x720'", "even" } },
		{ VIDEO("size = 1280\n"), { "f.conf:2: ", "WIDTHxHEIGHT" } },
		{ VIDEO("size = 14x16\n"), { "f.conf:2: ", "16x16" } },
		{ VIDEO("size = 3840x2162\n"), { "f.conf:2: ", "3840x2160" } },
		{ VIDEO("size = -2x16\n"), { "f.conf:2: ", "16x16" } },
		{ VIDEO("fps = 61\n"), { "f.conf:2: ", "fps", "1 to 60" } },
		{ VIDEO("background = red\n"), { "f.conf:2: ", "#rrggbb" } },
		{ VIDEO("background = #12345g\n"),
		    { "f.conf:2: ", "#rrggbb" } },
		{ VIDEO("source = board\n"),
		    { "f.conf:1: ", "[video v] ", "needs a layout" } },
		{ VIDEO("source = image\n"),
		    { "f.conf:1: ", "[video v] ", "path of a picture" } },
		{ VIDEO("source = loop\n"), { "f.conf:1: ", "video file" } },
		{ VIDEO("source = url\n"), { "f.conf:1: ", "needs a url" } },
		{ VIDEO("layout = /b.svg\n"),
		    { "f.conf:2: ", "[video v] layout",
			"only for source = board" } },
		{ VIDEO("source = url\nurl = rtsp://h/c\npath = /x\n"),
		    { "f.conf:4: ", "path: only for source = image or loop" } },
		{ VIDEO("source = raw\nhwaccel = none\n"),
		    { "f.conf:3: ",
			"hwaccel: only for source = loop or url" } },
		{ VIDEO("fields.a = b\n"),
		    { "f.conf:2: ", "fields.NAME", "source = board" } },
		{ VIDEO("fields.a = b\nfields.a = c\n"),
		    { "f.conf:3: ", "[video v] fields.a", "already" } },
		{ VIDEO("fields. = b\n"), { "f.conf:2: ", "a to z" } },
		{ VIDEO("fields.a/b = c\n"), { "f.conf:2: ", "a to z" } },
		{ VIDEO("fields = c\n"), { "f.conf:2: ", "no key 'fields'" } },
		{ SHOWN(""), { "f.conf:3: ", "[output a] video",
				 "there is no [video v]" } },
		{ "[output a]\nurl = x\nbackup_probe_url = y\n",
		    { "f.conf:3: ", "backup_probe_url",
			"only with a backup_url" } },
		{ "[output a]\nurl = x\npreset = twitch\n",
		    { "f.conf:3: ", "preset: only with a video" } },
		{ "[output a]\nurl = x\nencoder = libx264\n",
		    { "f.conf:3: ", "encoder: only with a video" } },
		{ VIDEO("[channel x]\n[channel y]\n[output b]\nurl = x\n"
			"video = v\n") SHOWN("channel = y\n"),
		    { "f.conf:9: ", "[output a] video", "[output b]",
			"another channel" } },
	};

	(void)state;
	expect(mistakes, COUNT_OF(mistakes));
}

static void
test_options(void **state)
{
	static const struct mistake mistakes[] = {
		{ "", { "-D ", "section.key=value" } },
		{ "x", { "-D x", "section.key=value" } },
		{ "=x", { "-D ", "section.key=value" } },
		{ "ttsd=x", { "-D ttsd", "section.key=value" } },
		{ "ttsd.workers", { "-D ttsd.workers", "section.key=value" } },
		{ "ttsd.workers=x", { "-D ttsd.workers", "1 to 64" } },
		{ "ttsd.x.workers=2", { "-D ttsd.x.workers", "no name" } },
		{ "ttsd.=2", { "-D ttsd.", "[ttsd]", "no key" } },
		{ ".workers=2", { "-D .workers", "unknown section" } },
		{ "nope.x=2", { "-D nope.x", "unknown section [nope]" } },
		{ "output.url=x", { "-D output.url", "name" } },
		{ "outptu.a.url=x", { "[outptu] (did you mean 'output'?)" } },
		{ "output.a.key_fil=x",
		    { "'key_fil' (did you mean 'key_file'?)" } },
		{ "output.a.b.url=x", { "-D output.a.b.url", "a to z" } },
		{ "output.a.colour=x",
		    { "-D output.a.colour", "[output a]", "'colour'" } },
		/* Found by conf_finish(), but the option is to blame. */
		{ "ttsd.workers=33",
		    { "-D ttsd.workers", "[ttsd] workers", "workers_max" } },
		{ "output.a.channel=c",
		    { "-D output.a: ", "[output a] needs a url" } },
		{ "channel.a.engine=none",
		    { "-D channel.a.engine: ", "[channel a] engine: ",
			"[engine none]" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(mistakes); i++) {
		if (configure("", 0, mistakes[i].text) != ERR_INVALID)
			fail_msg("no complaint: %s", mistakes[i].text);
		check_message(mistakes[i].text, mistakes[i].words);
	}
}

static void
test_bytes_that_are_no_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = { { "\n[ttsd]\0\n", 9 }, { "\n\xff\n", 3 },
		{ "\n;\xed\xa0\x80", 5 }, { "\n\xef\xbb", 3 } };
	static const char *const words[4] = { "f.conf:2: ", "UTF-8" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(
		    configure(cases[i].bytes, cases[i].len, NULL), ERR_INVALID);
		check_message("bytes", words);
	}
	assert_int_equal(
	    configure("", 0, "ttsd.runtime_dir=\xff"), ERR_INVALID);
	assert_non_null(strstr(error.text, "-D ttsd.runtime_dir"));
}

/* Story: URLs carry stream keys and passwords. A complaint about one printed
 * the -D argument and the value with it, into the journal. Later only what
 * stood after '=' was left out: an address in `listen` or `channel`, in a
 * section's name, or without a '=' was still printed. */
static void
test_no_secrets(void **state)
{
	static char longest[2200];
	static const char *const options[] = {
		"output.a.urll=rtmp://h/live/SECRET",
		"output.a.b.url=rtmp://u:SECRET@h/live",
		"outputs.a.url=rtmp://h/live/SECRET",
		"output.a.extra_output_args=-headers 'Key: SECRET",
		"url=SECRET",
		"output.url=SECRET\xff",
		"output.a.url:rtmp://h/live/SECRET",
		"output.a.url rtmp://h/live/SECRET?a=b",
		"output.a.listen=rtmp://0.0.0.0:1935/live/SECRET",
		"output.rtmp://h/live/SECRET.autostart=no",
		"channel.a.engine=http://u:SECRET@h/",
		"video.a.fps=http://u:SECRET@h/",
		"video.a.fields.a/SECRET.b=x",
	};
	static const char *const files[] = {
		"[output a]\nurl rtmp://h/live/SECRET\n",
		"[output a]\nurl: rtmp://h/live/SECRET\n",
		"[output a]\nextra_output_args = -headers 'Key: SECRET\n",
		"[output a]\nrtmp://h/live/SECRET\n",
		"[output a]\nurl rtmp://h/live/SECRET?a=b\n",
		"[output a]\nlisten = rtmp://0.0.0.0:1935/live/SECRET\n",
		"[output a]\ncodec = SECRET-of-the-stream\n",
		"[output a]\nurl = udp://h:1\nchannel = rtmp://h/SECRET\n",
		"[output a]\nurl = udp://h:1\ngroup = rtmp://h/SECRET\n",
		"[output rtmp://h/live/SECRET]\n",
		"[video v]\nurl = rtsp://u:SECRET@h/\n",
		"[output a]\nurl = udp://h:1\nvideo = rtsp://u:SECRET@h\n",
		"[rtmp://h/live/SECRET]\n",
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT_OF(options); i++) {
		assert_int_equal(configure("", 0, options[i]), ERR_INVALID);
		if (strstr(error.text, "SECRET"))
			fail_msg("%s", error.text);
	}
	for (i = 0; i < COUNT_OF(files); i++) {
		assert_int_equal(
		    configure(files[i], strlen(files[i]), NULL), ERR_INVALID);
		if (strstr(error.text, "SECRET"))
			fail_msg("%s", error.text);
	}
	/* Longer than any URL may be. */
	n = (size_t)snprintf(
	    longest, sizeof(longest), "[output a]\nurl = rtmp://SECRET@h/");
	memset(longest + n, 'x', sizeof(longest) - 1 - n);
	assert_int_equal(
	    configure(longest, sizeof(longest) - 1, NULL), ERR_INVALID);
	if (strstr(error.text, "SECRET"))
		fail_msg("%s", error.text);
	assert_non_null(strstr(error.text, "[output a] url"));
	assert_non_null(strstr(error.text, "2048"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_keys_and_values),
		cmocka_unit_test(test_what_belongs_together),
		cmocka_unit_test(test_brokers),
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_bytes_that_are_no_text),
		cmocka_unit_test(test_no_secrets),
	};

	return cmocka_run_group_tests_name("conf mistakes", tests, NULL, NULL);
}
