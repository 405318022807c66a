#include "streamer-supervisor/ffmpeg/protocol.h"

#include <stdlib.h>
#include <string.h>

#include "common/format.h"

#define LIST_SUFFIX ".m3u8"

#include "common/net/url.h"

static const char *const rtsp_carrier[] = {
	[TRANSPORT_TCP] = "-rtsp_transport tcp",
	[TRANSPORT_UDP] = "-rtsp_transport udp",
};

#define ANY_TRANSPORT (BIT(TRANSPORT_TCP) | BIT(TRANSPORT_UDP))

/* FLV counts milliseconds in 31 bits: 24.8 days (docs/OUTPUTS.md, old age). */
#define RTMP_AGE_NS (24 * INT64_C(86400000000000))

/* FLV takes MP3 at 11,025, 22,050 and 44,100 Hz only, and the sizes in its
 * header can't be written back to a stream. RTMP's handshake, in small writes,
 * waits three times for a delayed acknowledgement unless Nagle's algorithm is
 * off (175 ms against 43). What RTMP does not know itself goes on to TCP. */
#define RTMP                                                                  \
	.signs = BIT(SIGN_TAKEN), .delivers = ANY_TRANSPORT, .muxer = "flv",  \
	.codecs = BIT(CODEC_AAC) | BIT(CODEC_MP3),                            \
	.pictures = BIT(PICTURE_H264), .preferred = { CODEC_AAC, CODEC_AAC }, \
	.carriage = { [CODEC_MP3] = { .rate_hz = 44100 } },                   \
	.options = "-flvflags no_duration_filesize", .secret = &secret_rtmp,  \
	.max_age_ns = RTMP_AGE_NS, .patience = "rw_timeout",                  \
	.mark = "recv_buffer_size", .modern = "-tcp_nodelay 1"

/* Without -muxdelay 0 the RTP packetiser gathers AAC for up to 0.7 s while
 * it is silent (lumps of 720 ms measured, of 40 to 80 ms with it). The
 * packets of MPEG-TS do the same. */
#define RTSP                                                              \
	.signs = BIT(SIGN_TAKEN), .muxer = "rtsp", .patience = "timeout", \
	.codecs = BIT(CODEC_AAC) | BIT(CODEC_OPUS) | BIT(CODEC_PCM),      \
	.pictures = BIT(PICTURE_H264) | BIT(PICTURE_H265),                \
	.preferred = { CODEC_AAC, CODEC_OPUS }

/* Nobody confirms a datagram to the kernel: but without a socket nothing goes
 * out, as of RIST where a name did not resolve, and what ffmpeg says over and
 * over is so. */
#define DATAGRAMS .signs = BIT(SIGN_SOCKET) | BIT(SIGN_QUIET)

#define MPEGTS                                                           \
	DATAGRAMS,                                                       \
	    .muxer = "mpegts",                                           \
	    .codecs = BIT(CODEC_AAC) | BIT(CODEC_MP3) | BIT(CODEC_OPUS), \
	    .pictures = BIT(PICTURE_H264) | BIT(PICTURE_H265),           \
	    .preferred = { CODEC_AAC, CODEC_AAC }
#define MPEGTS_OPTIONS "-muxdelay 0 -muxpreload 0"

/* Players of HLS take H.265 in fragmented MP4 alone. */
#define HLS                                                                   \
	.muxer = "hls", .codecs = BIT(CODEC_AAC) | BIT(CODEC_MP3),            \
	.pictures = BIT(PICTURE_H264) | BIT(PICTURE_H265), .fragments = true, \
	.preferred = { CODEC_AAC, CODEC_AAC }, .segment = "-hls_time",        \
	.segment_s = 2, .varies = true
/* A later run goes on where the list ends, so that players stay and no old
 * segment is left behind. */
#define HLS_FOLDER                                     \
	HLS, .signs = BIT(SIGN_GROWTH),                \
	     .options = "-hls_list_size 6 -hls_flags " \
			"delete_segments+append_list+omit_endlist+temp_file"
/* A server's list cannot be read back, so segments have numbers that only
 * grow. */
#define HLS_PUT                                                         \
	HLS, .signs = BIT(SIGN_TAKEN), .puts = true, .suffix = ".m3u8", \
	     .secret = &secret_hls,                                     \
	     .options = "-method PUT -hls_list_size 6 -hls_flags "      \
			"delete_segments+omit_endlist "                 \
			"-hls_start_number_source epoch"

#define DASH                                                               \
	.suffix = ".mpd", .muxer = "dash",                                 \
	.codecs = BIT(CODEC_AAC) | BIT(CODEC_OPUS),                        \
	.pictures = BIT(PICTURE_H264) | BIT(PICTURE_H265),                 \
	.preferred = { CODEC_AAC, CODEC_AAC }, .segment = "-seg_duration", \
	.segment_s = 2
#define DASH_OPTIONS "-window_size 6 -extra_window_size 3"

/* The muxer in the segment muxer flushes nothing unless told, and then a crash
 * costs 32 KiB: some 30 s of MP3, a minute of Opus. A page of Ogg gathers a
 * second unless told, a cluster of Matroska five. */
#define FILES(ext, codec, format) FILES_OF(ext, codec, BIT(codec), format)
#define FILES_OF(ext, codec, able, format)                                \
	.scheme = "", .suffix = ext, .example = "/srv/%Y%m%d-%H%M%S" ext, \
	.muxer = "segment", .needs = "file", .codecs = (able),            \
	.preferred = { codec, codec }, .segment = "-segment_time",        \
	.segment_s = 3600, .pattern = true, .signs = BIT(SIGN_GROWTH),    \
	.options = "-reset_timestamps 1 -segment_format " format          \
		   " -segment_format_options flush_packets=1"
#define FILES_OGG(ext, codec) FILES(ext, codec, "ogg") ":page_duration=200000"

/* The options of WebRTC for sound; they are all that ffmpeg takes. */
#define WHIP                                                                   \
	DATAGRAMS, .muxer = "whip", .since = "8.0", .codecs = BIT(CODEC_OPUS), \
		   .preferred = { CODEC_OPUS, CODEC_OPUS },                    \
		   .carriage = { [CODEC_OPUS] = { .rate_hz = 48000,            \
				     .channels = 2 } },                        \
		   .secret = &secret_whip

/* Icecast 2.4 answers 401 to a wrong password, and 403 while another source is
 * on the mountpoint: also while the last one of ours has not timed out there,
 * after a route was cut. */
static const struct messages_sense icecast_in_use = {
	"403 Forbidden",
	"the mountpoint is in use: the server answered 403 Forbidden",
};

const struct ffmpeg_protocol protocols[] = {
	{ .scheme = "rtmp",
	    .example = "rtmp://host/application/key",
	    .needs = "rtmp",
	    .listening = "-listen 1",
	    RTMP },
	{ .scheme = "rtmps",
	    .example = "rtmps://host/application/key",
	    .needs = "rtmps",
	    .tls = PROTOCOL_TLS_OPTIONS,
	    RTMP },
	{ .scheme = "rtsp",
	    .example = "rtsp://host:8554/name",
	    .needs = "rtp",
	    .options = "-muxdelay 0",
	    .carrier = rtsp_carrier,
	    .delivers = BIT(TRANSPORT_TCP),
	    RTSP },
	{ .scheme = "rtsps",
	    .example = "rtsps://host:322/name",
	    .needs = "tls",
	    .tls = PROTOCOL_TLS_BLIND,
	    .options = "-muxdelay 0 -rtsp_transport tcp",
	    .delivers = ANY_TRANSPORT,
	    RTSP },
	{ .scheme = "srt",
	    .example = "srt://host:9000",
	    .needs = "srt",
	    .secret = &secret_srt,
	    .listening = "-mode listener",
	    .options = MPEGTS_OPTIONS,
	    MPEGTS },
	{ .scheme = "rist",
	    .example = "rist://host:9000",
	    .needs = "rist",
	    .secret = &secret_rist,
	    .options = MPEGTS_OPTIONS,
	    MPEGTS },
	/* A datagram holds seven whole packets of 188 bytes. */
	{ .scheme = "udp",
	    .example = "udp://host:1234",
	    .needs = "udp",
	    .options = MPEGTS_OPTIONS " -pkt_size 1316",
	    .datagrams = true,
	    MPEGTS },
	{ .scheme = "rtp",
	    .example = "rtp://host:5004",
	    .needs = "rtp",
	    DATAGRAMS,
	    .muxer = "rtp",
	    .codecs = BIT(CODEC_AAC) | BIT(CODEC_OPUS) | BIT(CODEC_MP3) |
		      BIT(CODEC_PCM) | BIT(CODEC_PCMU) | BIT(CODEC_PCMA) |
		      BIT(CODEC_G722),
	    .preferred = { CODEC_OPUS, CODEC_OPUS },
	    .options = "-muxdelay 0",
	    .describes = true,
	    .datagrams = true,
	    .packets = true },
	{ .scheme = "icecast",
	    .example = "icecast://source:password@host:8000/mount",
	    .patience = "rw_timeout",
	    .needs = "icecast",
	    .secret = &secret_icecast,
	    .sense = &icecast_in_use,
	    .naming = "-ice_name",
	    .mounts = true,
	    .signs = BIT(SIGN_TAKEN),
	    .delivers = ANY_TRANSPORT,
	    .muxer = "mp3",
	    .codecs = BIT(CODEC_MP3) | BIT(CODEC_AAC) | BIT(CODEC_OPUS) |
		      BIT(CODEC_VORBIS),
	    .preferred = { CODEC_MP3, CODEC_OPUS },
	    /* A page of Ogg gathers a second of sound unless told. */
	    .carriage = { [CODEC_MP3] = { .options = "-content_type audio/mpeg "
						     "-write_xing 0 "
						     "-id3v2_version 0" },
		[CODEC_AAC] = { .muxer = "adts",
		    .options = "-content_type audio/aac" },
		[CODEC_OPUS] = { .muxer = "ogg",
		    .options = "-content_type application/ogg "
			       "-page_duration 100000" },
		[CODEC_VORBIS] = { .muxer = "ogg",
		    .options = "-content_type application/ogg "
			       "-page_duration 100000" } } },
	{ .scheme = "whip",
	    .example = "whip://host/endpoint",
	    .needs = "http",
	    .as = "http",
	    WHIP },
	{ .scheme = "whips",
	    .example = "whips://host/endpoint",
	    .needs = "https",
	    .as = "https",
	    .tls = PROTOCOL_TLS_BLIND,
	    WHIP },
	{ .scheme = "http",
	    .example = "http://host/path/name.m3u8",
	    .needs = "http",
	    HLS_PUT },
	{ .scheme = "https",
	    .example = "https://host/path/name.m3u8",
	    .needs = "https",
	    .tls = PROTOCOL_TLS_BLIND,
	    HLS_PUT },
	{ .scheme = "http",
	    .example = "http://host/path/name.mpd",
	    .needs = "http",
	    .options = "-method PUT " DASH_OPTIONS,
	    .puts = true,
	    .signs = BIT(SIGN_TAKEN),
	    .secret = &secret_dash,
	    DASH },
	{ .scheme = "https",
	    .example = "https://host/path/name.mpd",
	    .needs = "https",
	    .tls = PROTOCOL_TLS_HTTP_OPTS,
	    .options = "-method PUT " DASH_OPTIONS,
	    .puts = true,
	    .signs = BIT(SIGN_TAKEN),
	    .secret = &secret_dash,
	    DASH },
	{ .scheme = "",
	    .suffix = ".m3u8",
	    .example = "/srv/hls/name.m3u8",
	    .needs = "file",
	    HLS_FOLDER },
	{ .scheme = "",
	    .suffix = "/",
	    .example = "/srv/hls/",
	    .needs = "file",
	    .entry = "index.m3u8",
	    HLS_FOLDER },
	{ .scheme = "",
	    .example = "/srv/dash/name.mpd",
	    .signs = BIT(SIGN_GROWTH),
	    .needs = "file",
	    .options = DASH_OPTIONS,
	    DASH },
	{ FILES(".mp3", CODEC_MP3, "mp3") },
	{ FILES(".aac", CODEC_AAC, "adts") },
	{ FILES_OGG(".opus", CODEC_OPUS) },
	{ FILES_OGG(".ogg", CODEC_VORBIS) },
	{ FILES_OF(".mkv", CODEC_AAC, BIT(CODEC_AAC) | BIT(CODEC_OPUS),
	      "matroska") ":cluster_time_limit=1000",
	    .pictures = BIT(PICTURE_H264) | BIT(PICTURE_H265) },
	{ FILES(".wav", CODEC_PCM, "wav"),
	    .carriage = { [CODEC_PCM] = { .encoder = "pcm_s16le" } } },
	{ .scheme = NULL },
};

/*
 * AAC comes in frames of 1,024 samples and the encoder holds two back, so a
 * higher rate is a shorter delay: 112 -> 72 ms over RTMP and 152 -> 73 ms
 * over RTSP, measured from 24 to 48 kHz. What comes before the first sample was
 * measured in HLS.
 *
 * The coder "fast" needs a third of the other's time, and is the better one at
 * all but low rates (ffmpeg-codecs(1)): of espeak's speech at 48 and 64 kbit/s
 * its noise was 12 and 13 dB lower, for a tenth and a sixth more bits; at 32 it
 * had the worse spectrum.
 */
const struct ffmpeg_codec codecs[CODEC_COUNT] = {
	[CODEC_AAC] = {
	    .encoder = "aac",
	    .bitrate = 64000,
	    .delay_samples = 1024,
	    .rfc6381 = "mp4a.40.2",
	    .low_rate_hz = 48000,
	    .ample_bps = 48000,
	    .ample_options = "-aac_coder fast",
	},
	[CODEC_OPUS] = {
	    .encoder = "libopus",
	    .bitrate = 32000,
	    .options = { [LATENCY_LOW] =
	        "-application lowdelay -frame_duration 10" },
	},
	[CODEC_MP3] = {
	    .encoder = "libmp3lame",
	    .bitrate = 64000,
	    .delay_samples = 1105,
	    .rfc6381 = "mp4a.40.34",
	},
	[CODEC_PCM] = {
	    .encoder = "pcm_s16be",
	    .sample_bits = 16,
	},
	[CODEC_VORBIS] = {
	    .encoder = "libvorbis",
	    .bitrate = 64000,
	},
	[CODEC_PCMU] = {
	    .encoder = "pcm_mulaw",
	    .rate_hz = 8000,
	    .channels = 1,
	    .sample_bits = 8,
	},
	[CODEC_PCMA] = {
	    .encoder = "pcm_alaw",
	    .rate_hz = 8000,
	    .channels = 1,
	    .sample_bits = 8,
	},
	/* G.722 puts two samples into a byte, and its RTP clock counts 8,000 Hz
	 * (RFC 3551, 4.5.2). */
	[CODEC_G722] = {
	    .encoder = "g722",
	    .rate_hz = 16000,
	    .channels = 1,
	    .sample_bits = 4,
	},
};

static bool
ends_in(const char *s, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && strncmp(s + len - n, suffix, n) == 0;
}

static bool
is_of(const struct ffmpeg_protocol *p, const char *url, enum url_kind kind)
{
	size_t n = strlen(p->scheme), len = strcspn(url, "?#");

	/* A relative path could be an option. */
	if (n == 0)
		return kind == URL_PATH && ends_in(url, strlen(url), p->suffix);
	if (strncmp(url, p->scheme, n) != 0 || strncmp(url + n, "://", 3) != 0)
		return false;
	return p->suffix == NULL || ends_in(url, len, p->suffix);
}

const struct ffmpeg_protocol *
protocol_find(const char *url)
{
	const struct ffmpeg_protocol *p;
	struct url u;

	url_parse(&u, url, strlen(url));
	for (p = protocols; p->scheme; p++)
		if (is_of(p, url, u.kind))
			return p;
	return NULL;
}

char *
protocol_list(
    const struct ffmpeg_protocol *p, const char *url, const char *variant)
{
	const char *entry = p->entry ? p->entry : "";
	char *path = format_text("%s%s", url, entry), *list;
	size_t stem;

	if (path == NULL || variant == NULL)
		return path;
	stem = strlen(path) - strlen(LIST_SUFFIX);
	list = format_text("%.*s_%s" LIST_SUFFIX, (int)stem, path, variant);
	free(path);
	return list;
}

bool
protocol_is_numbered(const char *path)
{
	const char *at = path;

	while ((at = strstr(at, "%0")) != NULL) {
		at += 2;
		at += strspn(at, "0123456789");
		if (*at == 'd')
			return true;
	}
	return false;
}
