/*
 * Guards the command lines of outputs with a picture: each option of the input
 * was measured, and each number of a preset has its source.
 */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/encoder.h"
#include "streamer-supervisor/ffmpeg/invocation.h"
#include "streamer-supervisor/ffmpeg/preset.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/ffmpeg/tee.h"

#define START                                              \
	"ffmpeg -hide_banner -nostdin -nostats "           \
	"-loglevel repeat+level+warning -progress pipe:1 " \
	"-stats_period 0.2 -nofind_stream_info "
#define MKV                                                              \
	"-f matroska -probesize 32 -analyzeduration 0 -fflags nobuffer " \
	"-i unix:/run/board.mkv.sock "
#define PCM                                                  \
	"-f s16le -ar 24000 -ac 1 -skip_initial_bytes 44 "   \
	"-probesize 32 -analyzeduration 0 -fflags nobuffer " \
	"-i unix:/run/board.mkv.sock "
#define X264                                                \
	"-c:v libx264 -preset superfast -tune zerolatency " \
	"-sc_threshold 0 -pix_fmt yuv420p "
#define EVERY(n) "-g " #n " -keyint_min " #n " -bf 0 "
#define RATE(r, buffer) "-maxrate " #r " -bufsize " #buffer " "
#define PACE "-fps_mode cfr -r 25 "
#define AAC "-c:a aac -b:a 64000 -aac_coder fast -ar 48000 "
#define SEND "-flush_packets 1 -max_interleave_delta 200000 -f "
#define USUAL X264 EVERY(50) "-crf 23 " RATE(3300000, 3300000) PACE
#define FLV                                                  \
	"flv -flvflags no_duration_filesize -tcp_nodelay 1 " \
	"-fpre /dev/stdin rtmp://host/live"
#define HLS                                \
	"hls -hls_list_size 6 -hls_flags " \
	"delete_segments+append_list+omit_endlist+temp_file "

static const struct conf_channel channel = { .rate_hz = 24000, .channels = 1 };
static const struct conf_video board = {
	.block = { .name = "board" }, .size = { 1280, 720 }, .fps = 25
};

static struct conf_output
output(const char *url)
{
	return (struct conf_output){ .block = { .section = "output",
					 .name = "live" },
		.address.url = (char *)url,
		.picture = &board };
}

static struct invocation
begin(bool pictured, enum conf_encoder encoder)
{
	return (struct invocation){ .program = "ffmpeg",
		.socket = "/run/board.mkv.sock",
		.pictured = pictured,
		.encoder = encoder,
		.modern = true };
}

static void
join(char *const *argv, char *out, size_t size)
{
	size_t i, n = 0;

	*out = '\0';
	for (i = 0; argv[i] && n < size; i++)
		n += (size_t)snprintf(
		    out + n, size - n, "%s%s", i ? " " : "", argv[i]);
}

static void
expect(const struct conf_output *o, const struct invocation *start,
    const char *expected)
{
	struct plan plan;
	struct conf_error e;
	struct secret secret;
	char got[4096], **argv;

	if (plan_make(o, "url", &plan, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(
	    secret_part(&secret, plan.protocol->secret, o->address.url, ""), 0);
	argv = invocation_argv(&plan, o, &channel, &secret, start);
	assert_non_null(argv);
	join(argv, got, sizeof(got));
	assert_string_equal(got, expected);
	words_free(argv);
	secret_done(&secret);
}

static void
test_every_protocol(void **state)
{
	static const struct {
		const char *url, *expected;
	} cases[] = {
		{ "rtmp://host/live/key", START MKV USUAL AAC SEND FLV },
		{ "rtsp://h/n", START MKV USUAL AAC SEND
		    "rtsp -muxdelay 0 -rtsp_transport tcp rtsp://h/n" },
		{ "srt://h:1", START MKV USUAL AAC SEND
		    "mpegts -muxdelay 0 -muxpreload 0 srt://h:1" },
		{ "udp://h:1", START MKV USUAL AAC SEND
		    "mpegts -muxdelay 0 -muxpreload 0 -pkt_size 1316 "
		    "udp://h:1" },
		{ "/srv/l.m3u8", START MKV USUAL AAC SEND HLS
		    "-hls_time 2.000 -y /srv/l.m3u8" },
		{ "/srv/l.mpd", START MKV USUAL AAC SEND
		    "dash -window_size 6 -extra_window_size 3 "
		    "-seg_duration 2.000 -y /srv/l.mpd" },
		{ "/srv/%H.mkv", START MKV USUAL AAC SEND
		    "segment -reset_timestamps 1 -segment_format matroska "
		    "-segment_format_options "
		    "flush_packets=1:cluster_time_limit=1000 "
		    "-segment_time 3600.000 -segment_atclocktime 1 "
		    "-strftime 1 -y /srv/%H.mkv" },
	};
	const struct invocation start = begin(true, ENCODER_X264);
	struct conf_output o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		o = output(cases[i].url);
		expect(&o, &start, cases[i].expected);
	}
}

/* While the picture is missing the sound is what it is with it: a player that
 * has begun need not begin afresh. */
static void
test_sound_alone_meanwhile(void **state)
{
	const struct invocation start = begin(false, ENCODER_X264);
	char *rates[] = { "3M", "800k", NULL };
	struct conf_output o = output("rtmp://host/live/key");

	(void)state;
	o.preset = PRESET_YOUTUBE;
	expect(&o, &start,
	    START PCM "-c:a aac -b:a 128000 -aac_coder fast -ar 48000 "
		      "-flush_packets 1 -f " FLV);
	o = output("/srv/l.m3u8");
	o.sound.variants = rates;
	expect(&o, &start,
	    START PCM
	    "-c:a aac -b:a 64000 -aac_coder fast -map 0:a -map 0:a -ar 48000 "
	    "-flush_packets 1 -f " HLS "-hls_time 2.000 -y -var_stream_map "
	    "a:0,name:3M a:1,name:800k -master_pl_name l.m3u8 "
	    "/srv/l_%v.m3u8");
}

static void
test_variants_are_of_the_picture(void **state)
{
	const struct invocation start = begin(true, ENCODER_X264);
	char *rates[] = { "3M", "800k", NULL };
	struct conf_output o = output("/srv/l.m3u8");

	(void)state;
	o.sound.variants = rates;
	o.sound.bitrate = 96000;
	expect(&o, &start,
	    START MKV X264 EVERY(
		50) "-crf 23 -maxrate:v:0 3000000 -bufsize:v:0 3000000 "
		    "-maxrate:v:1 800000 -bufsize:v:1 800000 " PACE
		    "-c:a aac -b:a 96000 -aac_coder fast -map 0:v -map 0:a "
		    "-map 0:v -map 0:a "
		    "-ar 48000 " SEND HLS "-hls_time 2.000 -y -var_stream_map "
		    "v:0,a:0,name:3M v:1,a:1,name:800k -master_pl_name l.m3u8 "
		    "/srv/l_%v.m3u8");
}

/* Segments are cut at key frames, and no sooner than they are full. */
static void
test_key_frames_go_into_segments(void **state)
{
	static const struct {
		int64_t segment_ms;
		enum conf_preset preset;
		const char *every;
	} cases[] = {
		{ 0, PRESET_BOARD, "-g 50 " },   /* HLS's own 2 s */
		{ 6000, PRESET_NONE, "-g 50 " }, /* three in each */
		{ 3000, PRESET_NONE, "-g 38 " }, /* 37.5: never too early */
		{ 1000, PRESET_NONE, "-g 25 " },
		{ 8000, PRESET_BOARD, "-g 100 " },
		{ 2000, PRESET_LOW, "-g 25 " },
		{ 10, PRESET_NONE, "-g 1 " },
	};
	struct invocation start = begin(true, ENCODER_X264);
	struct conf_output o = output("/srv/l.m3u8");
	struct secret none = { .url = o.address.url, .preset = "" };
	struct conf_error e;
	struct plan plan;
	char got[4096], **argv;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		o.address.segment_ns = cases[i].segment_ms * 1000000;
		o.preset = cases[i].preset;
		assert_int_equal(plan_make(&o, "url", &plan, &e), 0);
		argv = invocation_argv(&plan, &o, &channel, &none, &start);
		join(argv, got, sizeof(got));
		words_free(argv);
		if (strstr(got, cases[i].every) == NULL)
			fail_msg("no %s in %s", cases[i].every, got);
	}
}

static void
test_every_encoder(void **state)
{
#define SRT AAC SEND "mpegts -muxdelay 0 -muxpreload 0 srt://h:1"
#define BOUND "-b:v 3300000 " RATE(3300000, 3300000) PACE SRT
	static const char *const expected[] = {
		[ENCODER_X264] = START MKV USUAL SRT,
		[ENCODER_X265] = START MKV
		"-c:v libx265 -preset superfast -tune zerolatency "
		"-x265-params scenecut=0:open-gop=0:log-level=warning "
		"-pix_fmt yuv420p " EVERY(50) "-crf 26 " RATE(3300000, 3300000)
		    PACE SRT,
		[ENCODER_NVENC] = START MKV
		"-c:v h264_nvenc -preset p2 -tune ll -zerolatency 1 "
		"-no-scenecut 1 -pix_fmt yuv420p " EVERY(50) BOUND,
		[ENCODER_VAAPI] =
		    START "-vaapi_device /dev/dri/renderD128 " MKV
			  "-vf format=nv12,hwupload -c:v h264_vaapi "
			  "-async_depth 1 " EVERY(50) BOUND,
		[ENCODER_QSV] =
		    START MKV "-c:v h264_qsv -preset veryfast -async_depth 1 "
			      "-pix_fmt nv12 " EVERY(50) BOUND,
		[ENCODER_V4L2] = START MKV
		"-c:v h264_v4l2m2m -pix_fmt yuv420p " EVERY(50) BOUND,
		[ENCODER_H265_NVENC] = START MKV
		"-c:v hevc_nvenc -preset p2 -tune ll -zerolatency 1 "
		"-no-scenecut 1 -pix_fmt yuv420p " EVERY(50) BOUND,
		[ENCODER_H265_VAAPI] =
		    START "-vaapi_device /dev/dri/renderD128 " MKV
			  "-vf format=nv12,hwupload -c:v hevc_vaapi "
			  "-async_depth 1 " EVERY(50) BOUND,
		[ENCODER_H265_QSV] =
		    START MKV "-c:v hevc_qsv -preset veryfast -async_depth 1 "
			      "-pix_fmt nv12 " EVERY(50) BOUND,
	};
	struct conf_output o = output("srt://h:1");
	struct invocation start;
	size_t i;

	(void)state;
	for (i = ENCODER_AUTO + 1; i < ENCODER_COUNT; i++) {
		start = begin(true, (enum conf_encoder)i);
		o.encoder = (int64_t)i;
		expect(&o, &start, expected[i]);
	}
}

/* HLS was said to carry H.264 alone. With H.265 its segments are fragmented
 * MP4, while its picture is missing too: a list has segments of one kind. */
static void
test_h265_in_hls(void **state)
{
#define X265                                                               \
	"-c:v libx265 -preset superfast -tune zerolatency -x265-params "   \
	"scenecut=0:open-gop=0:log-level=warning -pix_fmt yuv420p " EVERY( \
	    50) "-crf 26 " RATE(3300000, 3300000) PACE
#define FRAGMENTS "-hls_segment_type fmp4 -hls_fmp4_init_filename "
	struct invocation start = begin(true, ENCODER_X265);
	struct conf_output o = output("/srv/l.m3u8");
	char one[] = "3300k", *variants[] = { one, NULL };

	(void)state;
	o.encoder = ENCODER_X265;
	expect(&o, &start,
	    START MKV X265 "-tag:v hvc1 " AAC SEND HLS
			   "-hls_time 2.000 " FRAGMENTS
			   "l_init.mp4 -y /srv/l.m3u8");
	o.address.url = (char *)"/srv/";
	start.pictured = false;
	expect(&o, &start,
	    START PCM AAC "-flush_packets 1 -f " HLS
			  "-hls_time 2.000 " FRAGMENTS
			  "index_init.mp4 -y /srv/index.m3u8");
	o.address.url = (char *)"/srv/l.m3u8";
	o.sound.variants = variants;
	expect(&o, &start,
	    START PCM "-c:a aac -b:a 64000 -aac_coder fast -map 0:a -ar 48000 "
		      "-flush_packets 1 -f " HLS "-hls_time 2.000 " FRAGMENTS
		      "l_%v_init.mp4 -y -var_stream_map a:0,name:3300k "
		      "-master_pl_name l.m3u8 /srv/l_%v.m3u8");
}

static void
test_an_old_ffmpeg(void **state)
{
	struct invocation start = begin(true, ENCODER_X264);
	struct conf_output o = output("srt://h:1");

	(void)state;
	start.modern = false;
	expect(&o, &start,
	    "ffmpeg -hide_banner -nostdin -nostats "
	    "-loglevel repeat+level+warning -progress pipe:1 " MKV X264 EVERY(
		50) "-crf 23 " RATE(3300000, 3300000) "-vsync cfr -r 25 " SRT);
}

/* ---- presets ----------------------------------------------------------- */

static void
test_what_a_preset_gives(void **state)
{
	static const struct {
		enum conf_preset preset;
		int64_t width, height, fps, bps;
	} cases[] = {
		{ PRESET_NONE, 640, 360, 25, 1100000 },
		{ PRESET_NONE, 1280, 720, 30, 3300000 },
		{ PRESET_NONE, 1280, 720, 31, 5500000 },
		{ PRESET_NONE, 1282, 720, 30, 6000000 },
		{ PRESET_YOUTUBE, 640, 360, 30, 4000000 },
		{ PRESET_YOUTUBE, 1920, 1080, 30, 10000000 },
		{ PRESET_YOUTUBE, 1920, 1080, 60, 12000000 },
		{ PRESET_YOUTUBE, 3840, 2160, 60, 35000000 },
		{ PRESET_TWITCH, 1280, 720, 30, 3000000 },
		{ PRESET_TWITCH, 1920, 1080, 60, 6000000 },
		{ PRESET_DOUYIN, 720, 1280, 30, 2500000 },
		{ PRESET_BOARD, 1280, 720, 5, 1500000 },
		{ PRESET_BOARD, 3840, 2160, 60, 8000000 },
	};
	struct conf_video v;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		v = (struct conf_video){ .size = { cases[i].width,
					     cases[i].height },
			.fps = cases[i].fps };
		assert_int_equal(
		    preset_bitrate(cases[i].preset, &v), cases[i].bps);
	}
}

static void
test_no_preset_is_empty(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < PRESET_COUNT; i++) {
		assert_true(presets[i].key_frame_ms > 0);
		assert_true(presets[i].buffer_ms > 0);
		assert_true(presets[i].steps[0].pixels > 0);
		for (n = 1; n < PRESET_STEPS; n++)
			assert_true(presets[i].steps[n].pixels == 0 ||
				    presets[i].steps[n].pixels >
					presets[i].steps[n - 1].pixels);
	}
	for (i = 0; i < ENCODER_COUNT; i++)
		assert_non_null(encoders[i].name);
}

static void
test_a_constant_rate(void **state)
{
	const struct invocation x264 = begin(true, ENCODER_X264);
	const struct invocation nvenc = begin(true, ENCODER_NVENC);
	struct conf_output o = output("rtmp://host/live/key");

	(void)state;
	o.preset = PRESET_TWITCH;
	expect(&o, &x264,
	    START MKV X264 EVERY(50) "-nal-hrd cbr -b:v 3000000 " RATE(
		3000000, 3000000) PACE
	    "-c:a aac -b:a 128000 -aac_coder fast -ar 48000 " SEND FLV);
	expect(&o, &nvenc,
	    START MKV "-c:v h264_nvenc -preset p2 -tune ll -zerolatency 1 "
		      "-no-scenecut 1 -pix_fmt yuv420p " EVERY(
			  50) "-rc cbr -b:v 3000000 " RATE(3000000, 3000000)
			  PACE
	    "-c:a aac -b:a 128000 -aac_coder fast -ar 48000 " SEND FLV);
}

/* ---- what does not go together ------------------------------------------ */

static void
expect_refusal(const struct conf_output *o, const char *says)
{
	struct conf_error e;
	struct plan plan;

	assert_int_equal(plan_make(o, "url", &plan, &e), ERR_INVALID);
	if (strstr(e.text, says) == NULL)
		fail_msg("it says %s", e.text);
}

static void
test_where_h265_is_not_in_hls(void **state)
{
	struct conf_output o = output("/srv/l.m3u8");

	(void)state;
	o.encoder = ENCODER_X265;
	o.captions = true;
	expect_refusal(&o, "captions: only with a picture of H.264");
	o.captions = false;
	o.group = (char *)"g";
	expect_refusal(&o, "encoder: in a group HLS takes H.264 alone");
}

static void
test_refusals(void **state)
{
	static const struct conf_video wide = {
		.block = { .name = "wide" }, .size = { 2560, 1440 }, .fps = 25
	};
	static const struct {
		const char *url;
		enum conf_encoder encoder;
		enum conf_preset preset;
		const struct conf_video *picture;
		const char *says;
	} cases[] = {
		{ "rtp://h:5004", ENCODER_AUTO, PRESET_NONE, &board,
		    "video: rtp carries sound alone; expected rtmp://, "
		    "rtsp://, srt://, rist://, udp://, HLS, DASH or a .mkv "
		    "file" },
		{ "/srv/%H.mp3", ENCODER_AUTO, PRESET_NONE, &board,
		    "video: .mp3 carries sound alone; " },
		{ "rtmp://h/a/k", ENCODER_X265, PRESET_NONE, &board,
		    "encoder: what libx265 makes cannot be carried by rtmp; "
		    "expected auto or an encoder of H.264, such as libx264" },
		{ "rtmp://h/a/k", ENCODER_AUTO, PRESET_TWITCH, &wide,
		    "preset: [video wide] is too large there; expected at "
		    "most 1920x1080" },
	};
	struct conf_output o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		o = output(cases[i].url);
		o.encoder = cases[i].encoder;
		o.preset = cases[i].preset;
		o.picture = cases[i].picture;
		expect_refusal(&o, cases[i].says);
	}
}

/* ---- a group ------------------------------------------------------------ */

/* One encoder for all: the shortest segment says where key frames are. */
static void
test_a_group(void **state)
{
	static const char expected[] =
	    START MKV X264 EVERY(25) "-crf 23 " RATE(3300000, 3300000) PACE AAC
	    "-map 0:v -map 0:a -flags +global_header -y "
	    "-max_interleave_delta 200000 -f tee -use_fifo 1 -fifo_options "
	    "drop_pkts_on_overflow=1 "
	    "[onfail=ignore:rw_timeout=0:flush_packets=1:"
	    "max_interleave_delta=200000:f=flv:flvflags=no_duration_filesize:"
	    "tcp_nodelay=1]rtmp://a/live/x|"
	    "[onfail=ignore:flush_packets=1:max_interleave_delta=200000:f=hls:"
	    "hls_list_size=6:hls_flags="
	    "delete_segments+append_list+omit_endlist+temp_file:"
	    "hls_time=1.000]/srv/l.m3u8";
	const struct invocation start = begin(true, ENCODER_X264);
	struct conf_output outputs[2] = { output("rtmp://a/live/x"),
		output("/srv/l.m3u8") };
	struct tee_member members[2];
	struct plan plans[2];
	struct conf_error e;
	char got[4096], **argv;
	size_t i;

	(void)state;
	outputs[1].address.segment_ns = 1000000000;
	for (i = 0; i < 2; i++) {
		assert_int_equal(
		    plan_make(&outputs[i], "url", &plans[i], &e), 0);
		members[i] = (struct tee_member){ &plans[i], &outputs[i], 0 };
	}
	argv = tee_argv(members, 2, &channel, &start);
	assert_non_null(argv);
	join(argv, got, sizeof(got));
	assert_string_equal(got, expected);
	words_free(argv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_protocol),
		cmocka_unit_test(test_sound_alone_meanwhile),
		cmocka_unit_test(test_variants_are_of_the_picture),
		cmocka_unit_test(test_key_frames_go_into_segments),
		cmocka_unit_test(test_every_encoder),
		cmocka_unit_test(test_h265_in_hls),
		cmocka_unit_test(test_an_old_ffmpeg),
		cmocka_unit_test(test_what_a_preset_gives),
		cmocka_unit_test(test_no_preset_is_empty),
		cmocka_unit_test(test_a_constant_rate),
		cmocka_unit_test(test_where_h265_is_not_in_hls),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_a_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
