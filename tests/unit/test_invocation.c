/*
 * Guards the command line of every protocol, codec and latency word by word:
 * each option in it was measured, and one that gets lost shows
 * as seconds of delay, or as nothing at all, only on a real server.
 */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/invocation.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

#define HEAD                                                            \
	"ffmpeg -hide_banner -nostdin -nostats "                        \
	"-loglevel repeat+level+warning -progress pipe:1 -f s16le -ar " \
	"24000 -ac 1 "
#define PIPE                                                               \
	"-skip_initial_bytes 44 -probesize 32 -analyzeduration 0 -fflags " \
	"nobuffer "
#define INPUT HEAD PIPE "-i unix:/run/ttsd/main.sock "
#define FLV "-flush_packets 1 -f flv -flvflags no_duration_filesize "
#define RTSP "-flush_packets 1 -f rtsp -muxdelay 0 -rtsp_transport "
#define RTMP_URL "rtmp://host/live/key"
#define RTSP_URL "rtsp://host:8554/name"
/* The secrets of a URL come as a preset on standard input. */
#define PRESET "-fpre /dev/stdin "
#define RTMP_SEEN PRESET "rtmp://host/live"

static struct conf_channel
channel(void)
{
	return (struct conf_channel){ .rate_hz = 24000, .channels = 1 };
}

static struct conf_output
output(const char *url, enum conf_codec codec, enum conf_latency latency)
{
	return (struct conf_output){ .block = { .section = "output",
					 .name = "live" },
		.address.url = (char *)url,
		.sound = { .codec = codec, .latency = latency } };
}

static void
expect_on(const struct conf_output *o, const struct conf_channel *ch,
    const char *socket, bool modern, const char *expected)
{
	const struct invocation start = {
		.program = "ffmpeg", .socket = socket, .modern = modern
	};
	struct plan plan;
	struct conf_error e;
	struct secret secret;
	char got[2048] = "", **argv;
	size_t i, n = 0;

	assert_int_equal(plan_make(o, "url", &plan, &e), 0);
	assert_int_equal(secret_part(&secret, plan.protocol->secret,
			     o->address.url, plan_has_key(o) ? "key" : ""),
	    0);
	argv = invocation_argv(&plan, o, ch, &secret, &start);
	assert_non_null(argv);
	for (i = 0; argv[i]; i++)
		n += (size_t)snprintf(
		    got + n, sizeof(got) - n, "%s%s", i ? " " : "", argv[i]);
	assert_string_equal(got, expected);
	words_free(argv);
	secret_done(&secret);
}

static void
expect(const struct conf_output *o, const char *expected)
{
	struct conf_channel ch = channel();

	expect_on(o, &ch, "/run/ttsd/main.sock", false, expected);
}

static void
test_every_combination(void **state)
{
	static const struct {
		const char *url;
		enum conf_codec codec;
		enum conf_latency latency;
		const char *expected;
	} cases[] = {
		{ RTMP_URL, CODEC_AUTO, LATENCY_NORMAL,
		    INPUT
		    "-c:a aac -b:a 64000 -aac_coder fast " FLV RTMP_SEEN },
		{ RTMP_URL, CODEC_AAC, LATENCY_NORMAL,
		    INPUT
		    "-c:a aac -b:a 64000 -aac_coder fast " FLV RTMP_SEEN },
		{ RTMP_URL, CODEC_AUTO, LATENCY_LOW,
		    INPUT "-c:a aac -b:a 64000 -aac_coder fast -ar 48000 " FLV
			RTMP_SEEN },
		{ RTMP_URL, CODEC_MP3, LATENCY_NORMAL,
		    INPUT
		    "-c:a libmp3lame -b:a 64000 -ar 44100 " FLV RTMP_SEEN },
		{ RTMP_URL, CODEC_MP3, LATENCY_LOW,
		    INPUT
		    "-c:a libmp3lame -b:a 64000 -ar 44100 " FLV RTMP_SEEN },
		{ "rtmps://host/live/key", CODEC_AUTO, LATENCY_NORMAL,
		    INPUT "-c:a aac -b:a 64000 -aac_coder fast " FLV
			  "-tls_verify 1 " PRESET "rtmps://host/live" },
		{ RTSP_URL, CODEC_AUTO, LATENCY_NORMAL,
		    INPUT "-c:a aac -b:a 64000 -aac_coder fast " RTSP
			  "tcp " RTSP_URL },
		{ RTSP_URL, CODEC_AAC, LATENCY_LOW,
		    INPUT "-c:a aac -b:a 64000 -aac_coder fast -ar 48000 " RTSP
			  "tcp " RTSP_URL },
		{ RTSP_URL, CODEC_AUTO, LATENCY_LOW,
		    INPUT "-c:a libopus -b:a 32000 -application lowdelay "
			  "-frame_duration 10 " RTSP "tcp " RTSP_URL },
		{ RTSP_URL, CODEC_OPUS, LATENCY_NORMAL,
		    INPUT "-c:a libopus -b:a 32000 " RTSP "tcp " RTSP_URL },
		{ RTSP_URL, CODEC_PCM, LATENCY_NORMAL,
		    INPUT "-c:a pcm_s16be " RTSP "tcp " RTSP_URL },
		{ RTSP_URL, CODEC_PCM, LATENCY_LOW,
		    INPUT "-c:a pcm_s16be " RTSP "tcp " RTSP_URL },
		{ "rtsps://host/name", CODEC_AUTO, LATENCY_NORMAL,
		    INPUT "-c:a aac -b:a 64000 -aac_coder fast " RTSP "tcp "
			  "rtsps://host/name" },
	};
	struct conf_output o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		o = output(cases[i].url, cases[i].codec, cases[i].latency);
		expect(&o, cases[i].expected);
	}
}

static void
test_the_other_protocols(void **state)
{
#define AAC INPUT "-c:a aac -b:a 64000 -aac_coder fast -flush_packets 1 -f "
#define MP3 INPUT "-c:a libmp3lame -b:a 64000 -flush_packets 1 -f "
#define OPUS INPUT "-c:a libopus -b:a 32000 -flush_packets 1 -f "
#define CUT "-af aformat=sample_rates="
#define TS "mpegts -muxdelay 0 -muxpreload 0 "
#define PUT                                                      \
	"hls -method PUT -hls_list_size 6 -hls_flags "           \
	"delete_segments+omit_endlist -hls_start_number_source " \
	"epoch -hls_time 2.000 "
#define FOLDER                                                \
	"hls -hls_list_size 6 -hls_flags "                    \
	"delete_segments+append_list+omit_endlist+temp_file " \
	"-hls_time 2.000 -y "
#define MPD "dash -window_size 6 -extra_window_size 3 -seg_duration 2.000 "
#define OGG "-content_type application/ogg -page_duration 100000 "
#define FLUSH "-segment_format_options flush_packets=1"
#define CLOCK "-segment_time 3600.000 -segment_atclocktime 1 -strftime 1 -y "
#define FILE_OF "segment -reset_timestamps 1 -segment_format "
	static const struct {
		const char *url;
		enum conf_codec codec;
		const char *expected;
	} cases[] = {
		{ "srt://h:9?passphrase=x", CODEC_AUTO,
		    AAC TS PRESET "srt://h:9" },
		{ "srt://h:9", CODEC_OPUS, OPUS TS "srt://h:9" },
		{ "rist://h:9", CODEC_MP3, MP3 TS "rist://h:9" },
		{ "udp://h:9", CODEC_AUTO, AAC TS "-pkt_size 1316 udp://h:9" },
		{ "rtp://h:9", CODEC_AUTO, OPUS "rtp -muxdelay 0 rtp://h:9" },
		{ "rtp://h:9", CODEC_PCM,
		    INPUT "-c:a pcm_s16be " CUT "24000,asetnsamples=n=480:p=0 "
			  "-flush_packets 1 -f rtp -muxdelay 0 rtp://h:9" },
		{ "rtp://h:9", CODEC_PCMU,
		    INPUT "-c:a pcm_mulaw -ar 8000 " CUT
			  "8000,asetnsamples=n=160:p=0 -flush_packets 1 "
			  "-f rtp -muxdelay 0 rtp://h:9" },
		{ "rtp://h:9", CODEC_PCMA,
		    INPUT "-c:a pcm_alaw -ar 8000 " CUT
			  "8000,asetnsamples=n=160:p=0 -flush_packets 1 "
			  "-f rtp -muxdelay 0 rtp://h:9" },
		{ "rtp://h:9", CODEC_G722,
		    INPUT "-c:a g722 -ar 16000 " CUT
			  "16000,asetnsamples=n=320:p=0 -flush_packets 1 "
			  "-f rtp -muxdelay 0 rtp://h:9" },
		{ "icecast://a:b@h:9/m", CODEC_AUTO,
		    MP3 "mp3 -content_type audio/mpeg -write_xing 0 "
			"-id3v2_version 0 " PRESET "icecast://a@h:9/m" },
		{ "icecast://a:b@h:9/m", CODEC_AAC,
		    AAC "adts -content_type audio/aac " PRESET
			"icecast://a@h:9/m" },
		{ "icecast://a:b@h:9/m", CODEC_OPUS,
		    OPUS "ogg " OGG PRESET "icecast://a@h:9/m" },
		{ "icecast://a:b@h:9/m", CODEC_VORBIS,
		    INPUT "-c:a libvorbis -b:a 64000 -flush_packets 1 -f "
			  "ogg " OGG PRESET "icecast://a@h:9/m" },
		{ "http://h/l.m3u8?t=1", CODEC_AUTO,
		    AAC PUT "http://h/l.m3u8?t=1" },
		{ "https://h/l.m3u8", CODEC_MP3, MP3 PUT "https://h/l.m3u8" },
		{ "http://h/l.mpd", CODEC_AUTO,
		    AAC "dash -method PUT -window_size 6 "
			"-extra_window_size 3 -seg_duration 2.000 "
			"http://h/l.mpd" },
		{ "/srv/l.m3u8", CODEC_AUTO, AAC FOLDER "/srv/l.m3u8" },
		{ "/srv/hls/", CODEC_AUTO, AAC FOLDER "/srv/hls/index.m3u8" },
		{ "/srv/l.mpd", CODEC_OPUS, OPUS MPD "-y /srv/l.mpd" },
		{ "/srv/%H.mp3", CODEC_AUTO,
		    MP3 FILE_OF "mp3 " FLUSH " " CLOCK "/srv/%H.mp3" },
		{ "C:\\%H.aac", CODEC_AUTO,
		    AAC FILE_OF "adts " FLUSH " " CLOCK "C:\\%H.aac" },
		{ "/srv/%05d.opus", CODEC_AUTO,
		    OPUS FILE_OF "ogg " FLUSH
				 ":page_duration=200000 -segment_time 3600.000 "
				 "-y /srv/%05d.opus" },
		{ "/srv/%d.wav", CODEC_AUTO,
		    INPUT "-c:a pcm_s16le -flush_packets 1 -f " FILE_OF
			  "wav " FLUSH " " CLOCK "/srv/%d.wav" },
	};
	struct conf_output o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		o = output(cases[i].url, cases[i].codec, LATENCY_NORMAL);
		expect(&o, cases[i].expected);
	}
}

/* Icecast has an option of its own for it, all others take the metadata. */
static void
test_a_title(void **state)
{
	struct conf_output o =
	    output("icecast://h/a", CODEC_MP3, LATENCY_NORMAL);

	(void)state;
	o.title = "Hall";
	expect(&o, INPUT "-c:a libmp3lame -b:a 64000 -metadata title=Hall "
			 "-flush_packets 1 -f mp3 -content_type audio/mpeg "
			 "-write_xing 0 -id3v2_version 0 -ice_name Hall "
			 "icecast://h/a");
	o = output("rtp://h:9", CODEC_AUTO, LATENCY_NORMAL);
	o.title = "Hall";
	expect(&o, INPUT "-c:a libopus -b:a 32000 -metadata title=Hall "
			 "-flush_packets 1 -f rtp -muxdelay 0 rtp://h:9");
}

/* Phones took PCMU in packets of 40 ms for a fault: how much ffmpeg reads at
 * once was how much it sent. */
static void
test_how_much_is_in_a_packet(void **state)
{
#define L16(rest) INPUT "-c:a pcm_s16be " rest "-flush_packets 1 -f rtp "
	static const struct {
		enum conf_codec codec;
		int64_t ptime_ms, rate_hz, channels;
		const char *expected;
	} cases[] = {
		{ CODEC_PCM, 10, 0, 0,
		    L16(CUT "24000,asetnsamples=n=240:p=0 ") },
		/* 3,840 bytes at first. */
		{ CODEC_PCM, 0, 48000, 2,
		    L16("-ar 48000 -ac 2 " CUT
			"48000,asetnsamples=n=240:p=0 ") },
		{ CODEC_OPUS, 40, 0, 0,
		    INPUT "-c:a libopus -b:a 32000 -frame_duration 40 "
			  "-flush_packets 1 -f rtp " },
	};
	char expected[1024];
	struct conf_output o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		o = output("rtp://h:9", cases[i].codec, LATENCY_NORMAL);
		o.sound.ptime_ns = cases[i].ptime_ms * 1000000;
		o.sound.rate_hz = cases[i].rate_hz;
		o.sound.channels = cases[i].channels;
		snprintf(expected, sizeof(expected), "%s-muxdelay 0 rtp://h:9",
		    cases[i].expected);
		expect(&o, expected);
	}
}

static void
test_how_a_packet_travels(void **state)
{
	struct conf_output o = output("rtp://h:9", CODEC_OPUS, LATENCY_NORMAL);

	(void)state;
	o.address.ttl = 16;
	o.address.dscp = 46;
	o.address.localaddr = (char *)"10.0.0.7";
	expect(&o, OPUS "rtp -muxdelay 0 "
			"rtp://h:9?ttl=16&dscp=46&localaddr=10.0.0.7");
	o = output("udp://h:9?pkt_size=188", CODEC_AAC, LATENCY_NORMAL);
	o.address.ttl = 2;
	expect(&o, AAC TS "-pkt_size 1316 udp://h:9?pkt_size=188&ttl=2");
}

static void
test_what_packets_cannot_have(void **state)
{
	static const struct {
		const char *url;
		enum conf_codec codec;
		int64_t ptime_ms, ttl;
		const char *localaddr, *complaint;
	} cases[] = {
		{ "rtmp://h/a/k", CODEC_AAC, 20, 0, "", "ptime: only with" },
		{ "rtsp://h/a", CODEC_OPUS, 20, 0, "", "ptime: only with" },
		{ "rtp://h:9", CODEC_AAC, 20, 0, "", "ptime: only with" },
		{ "rtp://h:9", CODEC_OPUS, 30, 0, "", "ptime: expected 5," },
		{ "srt://h:9", CODEC_AAC, 0, 3, "", "ttl: only with" },
		{ "rtp://h:9?ttl=4", CODEC_OPUS, 0, 3, "", "ttl: the url" },
		{ "rtp://h:9?a=1&ttl=4", CODEC_OPUS, 0, 3, "", "ttl: the url" },
		{ "rtp://h:9", CODEC_OPUS, 0, 0, "1.2.3.4&x=1",
		    "localaddr: expected the address" },
		{ "rtmp://h/a/k", CODEC_AAC, 0, 0, "1.2.3.4",
		    "localaddr: only with" },
	};
	struct plan plan;
	struct conf_output o;
	struct conf_error e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		o = output(cases[i].url, cases[i].codec, LATENCY_NORMAL);
		o.sound.ptime_ns = cases[i].ptime_ms * 1000000;
		o.address.ttl = cases[i].ttl;
		o.address.localaddr = (char *)cases[i].localaddr;
		assert_int_equal(plan_make(&o, "url", &plan, &e), ERR_INVALID);
		assert_non_null(strstr(e.text, cases[i].complaint));
	}
}

static void
test_the_sound_as_it_is_sent(void **state)
{
	struct conf_output o = output("rtp://h:9", CODEC_OPUS, LATENCY_NORMAL);
	struct plan plan;
	struct conf_error e;

	(void)state;
	o.sound.rate_hz = 48000;
	o.sound.channels = 2;
	o.address.sdp_file = (char *)"/srv/a b.sdp";
	expect(&o, INPUT "-c:a libopus -b:a 64000 -ar 48000 -ac 2 "
			 "-flush_packets 1 -f rtp -muxdelay 0 "
			 "-sdp_file /srv/a b.sdp rtp://h:9");
	o = output("rtmp://h/live", CODEC_AUTO, LATENCY_NORMAL);
	o.address.key_file = (char *)"/etc/key";
	o.address.key_env = (char *)"";
	expect(&o,
	    INPUT "-c:a aac -b:a 64000 -aac_coder fast " FLV "-fpre /dev/stdin "
		  "rtmp://h/live");
	o.address.url = (char *)"rtsp://h/live";
	assert_int_equal(plan_make(&o, "url", &plan, &e), ERR_INVALID);
	assert_string_equal(e.text, "configuration: [output live] key_file: "
				    "ffmpeg takes none for rtsp");
	o = output("udp://h:9", CODEC_AUTO, LATENCY_NORMAL);
	o.address.sdp_file = (char *)"/srv/a b.sdp";
	assert_int_equal(plan_make(&o, "url", &plan, &e), ERR_INVALID);
	assert_string_equal(
	    e.text, "configuration: [output live] sdp_file: only with rtp://");
	o.address.sdp_file = NULL;
	o.address.listen = true;
	assert_int_equal(plan_make(&o, "url", &plan, &e), ERR_INVALID);
	assert_string_equal(e.text,
	    "configuration: [output live] listen: only with "
	    "rtmp:// or srt://");
	o = output(RTMP_URL, CODEC_AUTO, LATENCY_NORMAL);
	o.address.listen = true;
	o.timing.start_timeout_ns = 7000000000;
	expect(&o, INPUT "-c:a aac -b:a 64000 -aac_coder fast " FLV
			 "-listen 1 -rw_timeout 7000000 " RTMP_SEEN);
	o = output("srt://0.0.0.0:9", CODEC_AUTO, LATENCY_NORMAL);
	o.address.listen = true;
	expect(&o, AAC TS "-mode listener srt://0.0.0.0:9");
	o = output("/srv/l.m3u8", CODEC_AUTO, LATENCY_NORMAL);
	o.address.segment_ns = 1500000000;
	expect(&o, AAC "hls -hls_list_size 6 -hls_flags "
		       "delete_segments+append_list+omit_endlist+temp_file "
		       "-hls_time 1.500 -y /srv/l.m3u8");
}

static void
expect_refused(struct conf_output *o, char **variants, const char *why)
{
	struct plan plan;
	struct conf_error e;

	o->sound.variants = variants;
	assert_int_equal(plan_make(o, "url", &plan, &e), ERR_INVALID);
	assert_string_equal(
	    e.text + strlen("configuration: [output live] "), why);
}

/* ffmpeg takes nothing but 48 kHz stereo there, by its HTTP address. */
static void
test_whip(void **state)
{
#define WHIP(options, url)                                       \
	INPUT "-c:a libopus -b:a 64000 -ar 48000 -ac 2 " options \
	      "-flush_packets 1 -f whip " url
	struct conf_output o =
	    output("whip://h:1/a?b=c", CODEC_AUTO, LATENCY_NORMAL);
	struct plan plan;
	struct conf_error e;

	(void)state;
	o.sound.channels = 1;
	o.sound.rate_hz = 24000;
	expect(&o, WHIP("", "http://h:1/a?b=c"));
	o.address.key_file = (char *)"/etc/token";
	o.address.key_env = (char *)"";
	o.address.url = (char *)"whips://h/a";
	o.sound.latency = LATENCY_LOW;
	expect(&o, WHIP("-application lowdelay -frame_duration 10 ",
		       PRESET "https://h/a"));
	assert_int_equal(plan_make(&o, "url", &plan, &e), 0);
	assert_string_equal(plan.needs[LISTING_MUXERS], "whip");
	assert_string_equal(plan.needs[LISTING_PROTOCOLS], "https");
	assert_string_equal(plan.since, "8.0");
	o.sound.codec = CODEC_AAC;
	assert_int_equal(plan_make(&o, "url", &plan, &e), ERR_INVALID);
}

static void
test_several_bit_rates(void **state)
{
#define MAPS                                                          \
	INPUT "-c:a aac -map 0:a -b:a:0 64000 -map 0:a -b:a:1 32000 " \
	      "-flush_packets 1 -f "
#define LISTS "-var_stream_map a:0,name:64k a:1,name:32000 -master_pl_name "
	char *rates[] = { "64k", "32000", NULL };
	char *same[] = { "64k", "32k", "64000", NULL };
	char *wrong[] = { "64k", "fast", NULL };
	char *many[] = { "1k", "2k", "3k", "4k", "5k", "6k", "7k", "8k", "9k",
		NULL };
	struct conf_output o =
	    output("/srv/a.b/l.m3u8", CODEC_AUTO, LATENCY_NORMAL);

	(void)state;
	o.sound.variants = rates;
	expect(&o, MAPS FOLDER LISTS "l.m3u8 /srv/a.b/l_%v.m3u8");
	o.address.url = (char *)"/#/l.m3u8";
	expect(&o, MAPS FOLDER LISTS "l.m3u8 /#/l_%v.m3u8");
	o.address.url = (char *)"/srv/hls/";
	expect(&o, MAPS FOLDER LISTS "index.m3u8 /srv/hls/index_%v.m3u8");
	o.address.url = (char *)"http://u:p@h/d/l.m3u8?a=/b.c";
	expect(&o, MAPS PUT PRESET LISTS "l.m3u8 http://h/d/l_%v.m3u8?a=/b.c");
	expect_refused(&o, same, "variants: 64000 is there twice");
	expect_refused(
	    &o, wrong, "variants: expected bit rates such as 128k 64k 32k");
	expect_refused(&o, many, "variants: expected at most 8");
	o.sound.bitrate = 64000;
	expect_refused(
	    &o, rates, "bitrate: only one of bitrate and variants can be set");
	o.address.url = (char *)RTMP_URL;
	expect_refused(&o, rates, "variants: only with HLS");
}

static void
test_what_an_operator_sets(void **state)
{
	char *input[] = { "-thread_queue_size", "64", NULL };
	char *options[] = { "-metadata", "title=a b", NULL };
	struct conf_output o = output(RTSP_URL, CODEC_AAC, LATENCY_NORMAL);

	(void)state;
	o.address.transport = TRANSPORT_UDP;
	o.sound.bitrate = 96000;
	o.extra_input_args = input;
	o.extra_output_args = options;
	expect(&o,
	    HEAD PIPE "-thread_queue_size 64 -i unix:/run/ttsd/main.sock "
		      "-c:a aac -b:a 96000 -aac_coder fast " RTSP
		      "udp -metadata title=a b " RTSP_URL);
}

static void
test_what_the_channel_and_the_program_decide(void **state)
{
	struct conf_channel ch = { .rate_hz = 48000, .channels = 2 };
	struct conf_output o = output(RTMP_URL, CODEC_AUTO, LATENCY_LOW);

	(void)state;
	/* Here nothing is resampled, stereo has twice the bits, and the socket
	 * is a named pipe of Windows. */
	expect_on(&o, &ch, "\\\\.\\pipe\\ttsd-main", true,
	    "ffmpeg -hide_banner -nostats "
	    "-loglevel repeat+level+warning -progress pipe:1 "
	    "-stats_period 0.2 -nofind_stream_info -f s16le -ar 48000 -ac "
	    "2 " PIPE "-i \\\\.\\pipe\\ttsd-main -c:a aac -b:a 128000 "
	    "-aac_coder fast " FLV "-tcp_nodelay 1 " RTMP_SEEN);
	ch.rate_hz = 44100;
	o.sound.codec = CODEC_MP3;
	expect_on(&o, &ch, "/s", false,
	    "ffmpeg -hide_banner -nostdin -nostats "
	    "-loglevel repeat+level+warning -progress pipe:1 "
	    "-f s16le -ar 44100 -ac 2 " PIPE
	    "-i unix:/s -c:a libmp3lame -b:a 128000 " FLV RTMP_SEEN);
}

static void
expect_refusal(const char *url, enum conf_codec codec, const char *expected)
{
	struct conf_output o = output(url, codec, LATENCY_NORMAL);
	struct plan plan;
	struct conf_error e;

	assert_int_equal(plan_make(&o, "url", &plan, &e), ERR_INVALID);
	assert_string_equal(e.text, expected);
	assert_null(plan.protocol);
}

/* Whoever mistypes a URL is told all that there is. */
static void
expect_unknown(const char *url)
{
	static const char says[] =
	    "configuration: [output live] url: of no known kind; expected one "
	    "that begins with ";
	struct conf_output o = output(url, CODEC_AUTO, LATENCY_NORMAL);
	const struct ffmpeg_protocol *p;
	struct conf_error e;
	struct plan plan;

	assert_int_equal(plan_make(&o, "url", &plan, &e), ERR_INVALID);
	assert_memory_equal(e.text, says, sizeof(says) - 1);
	for (p = protocols; p->scheme; p++) {
		if (strcmp(p->scheme, "https") == 0)
			continue; /* http tells of it */
		if (p->scheme[0] == '\0')
			assert_non_null(strstr(e.text, p->example));
		else
			assert_non_null(strstr(e.text, p->scheme));
	}
	assert_null(plan.protocol);
}

static void
test_refusals_name_output_and_key(void **state)
{
	(void)state;
	expect_refusal(RTMP_URL, CODEC_OPUS,
	    "configuration: [output live] codec: opus cannot be carried by "
	    "rtmp; expected "
	    "aac or mp3");
	expect_refusal(RTSP_URL, CODEC_MP3,
	    "configuration: [output live] codec: mp3 cannot be carried by "
	    "rtsp; expected "
	    "aac or opus or pcm");
	expect_unknown("gopher://host/key");
	expect_unknown("rtmp:/host/a/b");
	expect_unknown("rtm://host/a/b");
	expect_unknown("rtmp");
	expect_unknown("");
	expect_unknown("-i rtmp://host/a/b");
	expect_unknown("http://host/live");
	expect_unknown("http://host/live?x=.m3u8");
	expect_unknown("srv/hls/name.m3u8");
	expect_unknown("-y.m3u8");
	expect_unknown("/srv/name.doc");
	expect_refusal("/srv/name.mp3", CODEC_AUTO,
	    "configuration: [output live] url: must name many files; expected "
	    "/srv/%Y%m%d-%H%M%S.mp3, or %05d for a number");
	expect_refusal("/srv/%S.mp3", CODEC_AAC,
	    "configuration: [output live] codec: aac cannot be carried by "
	    ".mp3; expected "
	    "mp3");
	expect_refusal("srt://h:1", CODEC_PCM,
	    "configuration: [output live] codec: pcm cannot be carried by srt; "
	    "expected "
	    "aac or opus or mp3");
	expect_refusal("rtmp:///live/key", CODEC_AUTO,
	    "configuration: [output live] url: the host is missing; expected "
	    "rtmp://host/application/key");
	expect_refusal("rtsp://", CODEC_AUTO,
	    "configuration: [output live] url: the host is missing; expected "
	    "rtsp://host:8554/name");
	expect_refusal("icecast://source:pw@host:8000/", CODEC_AUTO,
	    "configuration: [output live] url: the mountpoint is missing; "
	    "expected icecast://source:password@host:8000/mount");
}

static void
test_what_ffmpeg_must_have(void **state)
{
	struct conf_output o = output(RTMP_URL, CODEC_MP3, LATENCY_NORMAL);
	struct plan plan;
	struct conf_error e;

	(void)state;
	assert_int_equal(plan_make(&o, "url", &plan, &e), 0);
	assert_string_equal(plan.needs[LISTING_PROTOCOLS], "rtmp");
	assert_string_equal(plan.needs[LISTING_MUXERS], "flv");
	assert_string_equal(plan.needs[LISTING_ENCODERS], "libmp3lame");
}

/* The list of codecs is the configuration's; each has a row of its own here,
 * and some protocol carries it. */
static void
test_codecs(void **state)
{
	const struct ffmpeg_protocol *p;
	unsigned carried = 0;
	size_t i;

	(void)state;
	for (p = protocols; p->scheme; p++)
		carried |= p->codecs;
	for (i = CODEC_AUTO + 1; i < CODEC_COUNT; i++) {
		assert_non_null(codecs[i].encoder);
		assert_true(carried & BIT(i));
	}
	assert_null(codecs[CODEC_AUTO].encoder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_combination),
		cmocka_unit_test(test_the_other_protocols),
		cmocka_unit_test(test_a_title),
		cmocka_unit_test(test_how_much_is_in_a_packet),
		cmocka_unit_test(test_how_a_packet_travels),
		cmocka_unit_test(test_what_packets_cannot_have),
		cmocka_unit_test(test_the_sound_as_it_is_sent),
		cmocka_unit_test(test_whip),
		cmocka_unit_test(test_several_bit_rates),
		cmocka_unit_test(test_what_an_operator_sets),
		cmocka_unit_test(test_what_the_channel_and_the_program_decide),
		cmocka_unit_test(test_refusals_name_output_and_key),
		cmocka_unit_test(test_what_ffmpeg_must_have),
		cmocka_unit_test(test_codecs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
