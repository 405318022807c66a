/*
 * Guards how the supervisor starts a `picture` and reads what it says: the
 * command line of each source, and lines of any kind.
 */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "streamer-supervisor/pictures/picture_argv.h"
#include "streamer-supervisor/pictures/picture_report.h"

#define BEGIN                                                        \
	"/lib/picture --socket /run/v.mkv.sock --audio /run/a.sock " \
	"--control /run/control.sock --channel main "
#define SHAPE "--size 640x360 --fps 10 --background #0a0b0c "
#define FFMPEG                                           \
	"--frames-from my-ffmpeg -hide_banner -nostdin " \
	"-nostats -loglevel repeat+level+error "
#define FITTED                                                   \
	",scale='max(2,2*round(min(640,360*a)/2))':"             \
	"'max(2,2*round(min(360,640/a)/2))':"                    \
	"out_color_matrix=bt709:out_range=tv,pad=640:360:-1:-1:" \
	"color=0x0a0b0c,setsar=1,format=yuv420p "
#define TO_PICTURE "-f yuv4mpegpipe pipe:1"
#define EACH_FRAME "-map 0:v:0 -vf fps=10" FITTED TO_PICTURE
#define AS_THEY_COME(mode)                                        \
	"-map 0:v:0 -vf select='isnan(t)+isnan(prev_selected_t)+" \
	"gte(abs(t-prev_selected_t),0.5/10)'" FITTED mode " " TO_PICTURE
#define LIVE "-fflags nobuffer -flags low_delay"
#define NEW AS_THEY_COME("-fps_mode passthrough")

static const struct conf_channel channel = { .block = { .name = "main" },
	.lag_max_ns = 500000000 };
static struct picture_places places = { .programs = "/lib",
	.ffmpeg = "my-ffmpeg",
	.modern = true,
	.control = "/run/control.sock",
	.audio = "/run/a.sock",
	.socket = "/run/v.mkv.sock",
	.raw = "/run/v.raw.sock" };

static struct conf_video
video(enum conf_source source)
{
	return (struct conf_video){ .block = { .name = "v" },
		.source = source,
		.size = { 640, 360 },
		.fps = 10,
		.background = 0x0a0b0c,
		.layout = "/srv/board.svg",
		.path = "/srv/a b",
		.url = "rtsp://camera/1",
		.logo = "" };
}

static void
expect(const struct conf_video *v, const char *expected)
{
	struct picture_command c;
	char got[2048] = "";
	size_t i, n = 0;

	assert_int_equal(picture_command_make(&c, v, &channel, &places), 0);
	for (i = 0; c.argv[i]; i++)
		n += (size_t)snprintf(
		    got + n, sizeof(got) - n, "%s%s", i ? " " : "", c.argv[i]);
	assert_string_equal(got, expected);
	picture_command_done(&c);
}

static void
test_every_source(void **state)
{
	static const struct {
		enum conf_source source;
		const char *expected;
	} cases[] = {
		{ SOURCE_COLOUR, BEGIN SHAPE "--lag-max 500" },
		{ SOURCE_RAW,
		    BEGIN SHAPE "--lag-max 500 --raw /run/v.raw.sock" },
		{ SOURCE_BOARD, BEGIN SHAPE "--lag-max 500 --video v --painter "
					    "/lib/painter " SHAPE
					    "--layout /srv/board.svg ;" },
		{ SOURCE_IMAGE,
		    BEGIN SHAPE "--lag-max 500 " FFMPEG
				"-re -f image2 -pattern_type none -loop 1 "
				"-framerate 2 -i /srv/a b " NEW },
		{ SOURCE_LOOP, BEGIN SHAPE "--lag-max 500 --paced " FFMPEG
					   "-hwaccel auto -stream_loop -1 -i "
					   "file:/srv/a b " EACH_FRAME },
		{ SOURCE_URL,
		    BEGIN SHAPE "--lag-max 500 " FFMPEG
				"-hwaccel auto -fflags nobuffer -flags "
				"low_delay -rtsp_transport tcp -probesize "
				"32768 -analyzeduration 0 -i "
				"rtsp://camera/1 " NEW },
	};
	struct conf_video v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		v = video(cases[i].source);
		expect(&v, cases[i].expected);
	}
}

static void
test_a_board_with_all(void **state)
{
	char one[] = "ticket=A 1", two[] = "x=";
	char *fields[] = { one, two, NULL };
	struct conf_video v = video(SOURCE_BOARD);

	(void)state;
	v.caption = v.clock = v.level = 1;
	v.logo = "/srv/logo.png";
	v.fields = fields;
	expect(&v,
	    BEGIN SHAPE "--lag-max 500 --video v --field ticket=A 1 --field x= "
			"--painter /lib/painter " SHAPE
			"--layout /srv/board.svg --caption yes --clock yes "
			"--level yes --logo /srv/logo.png ;");
}

static void
test_an_image_is_painted_where_there_is_a_painter(void **state)
{
	struct conf_video v = video(SOURCE_IMAGE);

	(void)state;
	places.painter = true;
	expect(&v, BEGIN SHAPE "--lag-max 500 --video v --painter "
			       "/lib/painter " SHAPE "--image /srv/a b ;");
	places.painter = false;
}

static void
test_what_is_laid_over_others(void **state)
{
	struct conf_video v = video(SOURCE_RAW);

	(void)state;
	v.level = 1;
	expect(&v, BEGIN SHAPE "--lag-max 500 --raw /run/v.raw.sock");
	places.painter = true;
	expect(&v, BEGIN SHAPE
	    "--lag-max 500 --video v --overlay --painter /lib/painter " SHAPE
	    "--overlay --level yes ; --raw /run/v.raw.sock");
	places.painter = false;
}

static void
test_no_hardware(void **state)
{
	struct conf_video v = video(SOURCE_LOOP);

	(void)state;
	v.hwaccel = HWACCEL_NONE;
	expect(&v, BEGIN SHAPE "--lag-max 500 --paced " FFMPEG
			       "-stream_loop -1 -i file:/srv/a b " EACH_FRAME);
}

static void
test_an_old_ffmpeg(void **state)
{
	struct conf_video v = video(SOURCE_IMAGE);

	(void)state;
	places.modern = false;
	expect(&v,
	    BEGIN SHAPE "--lag-max 500 " FFMPEG
			"-re -f image2 -pattern_type none -loop 1 -framerate 2 "
			"-i /srv/a b " AS_THEY_COME("-vsync passthrough"));
	places.modern = true;
}

static bool
has_word(const struct picture_command *c, const char *word)
{
	size_t i = 0;

	while (c->argv[i] && strcmp(c->argv[i], word) != 0)
		i++;
	return c->argv[i] != NULL;
}

/* A film over HTTP ran through as fast as it came, with a core at work, and HLS
 * was killed as standing still between two of its segments. */
static void
test_what_has_a_speed_of_its_own(void **state)
{
	static const struct {
		char *url;
		enum conf_paced paced;
		bool own;
	} cases[] = {
		{ "http://h/a.m3u8", PACED_AUTO, true },
		{ "https://h/film.mp4?a=b.jpg", PACED_AUTO, true },
		{ "/srv/film.mkv", PACED_AUTO, true },
		{ "http://h/video.mjpg", PACED_AUTO, false },
		{ "http://h/stream?name=a.mp4", PACED_AUTO, false },
		{ "http://h/.ts/x", PACED_AUTO, false },
		{ "udp://239.0.0.1:1234/a.ts", PACED_AUTO, false },
		{ "http://h/stream", PACED_YES, true },
		{ "http://h/a.m3u8", PACED_NO, false },
	};
	struct conf_video v = video(SOURCE_URL);
	struct picture_command c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		v.url = cases[i].url;
		v.paced = cases[i].paced;
		assert_int_equal(
		    picture_command_make(&c, &v, &channel, &places), 0);
		assert_true(has_word(&c, "-re") == cases[i].own);
		assert_true(has_word(&c, "low_delay") != cases[i].own);
		picture_command_done(&c);
	}
}

/* A camera's password was in the command lines of its `picture` and its ffmpeg,
 * which every user of the machine can read. */
static void
test_a_password(void **state)
{
	struct conf_video v = video(SOURCE_URL), other = v;
	struct picture_command c, d;
	size_t i;

	(void)state;
	v.url = "rtsp://me:s3cr3t@camera/it's?token=abc";
	expect(&v,
	    BEGIN SHAPE "--lag-max 500 --list /dev/stdin " FFMPEG
			"-hwaccel auto " LIVE " -protocol_whitelist file,http,"
			"https,httpproxy,tcp,tls,crypto,data,udp,rtp,srtp,rtsp,"
			"rtmp,rtmps,rtmpt,srt,rist,ftp,sftp,mmsh,mmst "
			"-f concat -safe 0 -i /dev/stdin " NEW);
	assert_int_equal(picture_command_make(&c, &v, &channel, &places), 0);
	assert_non_null(strstr(
	    c.list, "\nfile 'rtsp://me:s3cr3t@camera/it'\\''s?token=abc'\n"));
	assert_non_null(strstr(c.list, "\noption rtsp_transport tcp\n"));
	assert_null(strstr(c.list, "whitelist file"));
	assert_non_null(strstr(c.address, "rtsp://me:***@camera/"));
	assert_null(strstr(c.address, "abc"));
	other.url = "rtsp://me:another@camera/it's?token=abc";
	assert_int_equal(
	    picture_command_make(&d, &other, &channel, &places), 0);
	assert_true(words_equal(c.argv, d.argv));
	assert_false(picture_command_equal(&c, &d));
	for (i = 0; i < c.redact.count; i++)
		if (strcmp(c.redact.secrets[i], "s3cr3t") == 0)
			break;
	assert_true(i < c.redact.count);
	picture_command_done(&c);
	picture_command_done(&d);
}

static void
test_what_has_no_secret_is_in_no_list(void **state)
{
	static char *const urls[] = { "rtsp://me@camera/1", "/srv/film.mp4",
		"C:\\film.mp4", "http://h/a.m3u8" };
	struct conf_video v = video(SOURCE_URL);
	struct picture_command c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		v.url = urls[i];
		assert_int_equal(
		    picture_command_make(&c, &v, &channel, &places), 0);
		assert_null(c.list);
		picture_command_done(&c);
	}
}

static struct picture_report
read_line(const char *line)
{
	struct picture_report r;

	picture_report_read(&r, NULL, "rtsp://h/1", line, strlen(line));
	return r;
}

static void
test_its_log(void **state)
{
	struct picture_report r = read_line(
	    "{\"level\":\"info\",\"program\":\"picture\",\"message\":\"it "
	    "runs\"}");

	(void)state;
	assert_int_equal(r.level, LOG_INFO);
	assert_string_equal(r.text, "it runs");
	assert_null(r.status);
	r = read_line("{\"level\":\"error\",\"message\":\"no "
		      "rtsp://u:secret@h/1\"}");
	assert_int_equal(r.level, LOG_ERROR);
	assert_null(strstr(r.text, "secret"));
	assert_non_null(strstr(r.text, "rtsp://"));
}

static void
test_what_its_ffmpeg_says(void **state)
{
	struct picture_report r = read_line(
	    "{\"level\":\"info\",\"message\":\"said [rtsp @ 0x1] [error] "
	    "method DESCRIBE failed: 401 Unauthorized\"}");

	(void)state;
	assert_true(r.complaint);
	assert_string_equal(r.text, "method DESCRIBE failed: 401 Unauthorized");
	r = read_line("{\"level\":\"info\",\"message\":\"said "
		      "[AVHWDeviceContext @ 0x1] [error] Cannot load "
		      "libcuda.so.1\"}");
	assert_true(r.complaint);
	assert_string_equal(r.text, "");
	r = read_line("{\"level\":\"info\",\"message\":\"said [error] "
		      "rtsp://u:secret@h/1: refused\"}");
	assert_null(strstr(r.text, "secret"));
	/* Of a camera with a password that was all that was told. */
	r = read_line("{\"level\":\"info\",\"message\":\"said [error] "
		      "/dev/stdin: Connection refused\"}");
	assert_string_equal(r.text, "rtsp://h/1: Connection refused");
}

static void
test_its_status(void **state)
{
	struct picture_report r =
	    read_line("{\"level\":\"info\",\"message\":\"status "
		      "{\\\"serving\\\":true}\"}");

	(void)state;
	assert_true(json_is_true(json_object_get(r.status, "serving")));
	json_decref(r.status);
}

/* Captions are placed by what it says of a reader: nothing else may be taken
 * for it. */
static void
test_a_reader_has_begun(void **state)
{
	struct picture_report r =
	    read_line("{\"level\":\"info\",\"message\":"
		      "\"reader pid=42 first_sample=9000000000\"}");

	(void)state;
	assert_int_equal(r.pid, 42);
	assert_int_equal(r.first_sample, 9000000000);
	assert_string_equal(r.text, "reader pid=42 first_sample=9000000000");
	r = read_line("{\"level\":\"info\",\"message\":"
		      "\"the source says=reader pid=42 first_sample=9\"}");
	assert_int_equal(r.pid, 0);
	r = read_line("reader pid=42 first_sample=9");
	assert_int_equal(r.pid, 0);
	r = read_line("{\"level\":\"info\",\"message\":"
		      "\"reader pid=42 first_sample=9 more\"}");
	assert_int_equal(r.pid, 0);
}

static void
test_a_reader_lags(void **state)
{
	struct picture_report r = read_line("{\"level\":\"info\",\"message\":"
					    "\"reader pid=42 lags\"}");

	(void)state;
	assert_int_equal(r.pid, 42);
	assert_true(r.lags);
	r = read_line("{\"level\":\"info\",\"message\":"
		      "\"reader pid=42 lags behind\"}");
	assert_int_equal(r.pid, 0);
	assert_false(r.lags);
}

static void
test_any_bytes(void **state)
{
	static const char *const lines[] = { "", "==1==ERROR: Sanitizer", "{}",
		"[1]", "{\"level\":1,\"message\":2}",
		"{\"level\":\"info\",\"message\":\"status [1]\"}",
		"{\"level\":\"info\",\"message\":\"status {\"}", "\xff\xfe" };
	struct picture_report r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		r = read_line(lines[i]);
		assert_null(r.status);
	}
	r = read_line("==1==ERROR: Sanitizer");
	assert_int_equal(r.level, LOG_WARNING);
	assert_string_equal(r.text, "==1==ERROR: Sanitizer");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_source),
		cmocka_unit_test(test_a_board_with_all),
		cmocka_unit_test(
		    test_an_image_is_painted_where_there_is_a_painter),
		cmocka_unit_test(test_what_is_laid_over_others),
		cmocka_unit_test(test_no_hardware),
		cmocka_unit_test(test_an_old_ffmpeg),
		cmocka_unit_test(test_what_has_a_speed_of_its_own),
		cmocka_unit_test(test_a_password),
		cmocka_unit_test(test_what_has_no_secret_is_in_no_list),
		cmocka_unit_test(test_its_log),
		cmocka_unit_test(test_what_its_ffmpeg_says),
		cmocka_unit_test(test_its_status),
		cmocka_unit_test(test_a_reader_has_begun),
		cmocka_unit_test(test_a_reader_lags),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
