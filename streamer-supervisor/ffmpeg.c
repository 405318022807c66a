#include "streamer-supervisor/ffmpeg.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/words.h"

#define CODECS (CODEC_PCM + 1)
#define BIT(codec) (1u << (codec))
/* Seconds between two blocks of progress; 0.5 before ffmpeg 4.4. */
#define PERIOD "0.2"
/* Words of a command line, without the operator's own. */
#define WORDS_MAX 64

struct ffmpeg_protocol {
	const char *scheme;
	const char *example; /* of a URL */
	const char *muxer;
	const char *needs; /* of `ffmpeg -protocols` */
	unsigned codecs;   /* those it can carry */
	/* Where codec = auto, by enum conf_latency. */
	enum conf_codec preferred[LATENCY_LOW + 1];
	int64_t rate_hz[CODECS];    /* it insists on for a codec; 0: any */
	const char *options;        /* before the URL */
	const char *modern;         /* the same, of ffmpeg 5.1 and newer */
	const char *const *carrier; /* options by enum conf_transport */
};

struct ffmpeg_codec {
	const char *name; /* as in the configuration */
	const char *encoder;
	int64_t bitrate;     /* for each channel, unless configured; 0: none */
	int64_t low_rate_hz; /* at least, where latency = low */
	const char *options[LATENCY_LOW + 1];
};

static const char *const rtsp_carrier[] = {
	[TRANSPORT_TCP] = "-rtsp_transport tcp",
	[TRANSPORT_UDP] = "-rtsp_transport udp",
};

/*
 * RTSP: without -muxdelay 0 the RTP packetiser gathers AAC for up to 0.7 s
 * while it is silent (lumps of 720 ms measured, of 40 to 80 ms with it).
 * RTMP: its handshake in small writes waits three times for a delayed
 * acknowledgement unless Nagle's algorithm is off (175 ms against 43). FLV:
 * takes MP3 at 11,025, 22,050 and 44,100 Hz only; the sizes in its
 * header can't be written back to a stream.
 */
static const struct ffmpeg_protocol protocols[] = {
	{
	    .scheme = "rtmp",
	    .example = "rtmp://host/application/key",
	    .muxer = "flv",
	    .needs = "rtmp",
	    .codecs = BIT(CODEC_AAC) | BIT(CODEC_MP3),
	    .preferred = { CODEC_AAC, CODEC_AAC },
	    .rate_hz = { [CODEC_MP3] = 44100 },
	    .options = "-flvflags no_duration_filesize",
	    .modern = "-tcp_nodelay 1",
	},
	{
	    .scheme = "rtmps",
	    .example = "rtmps://host/application/key",
	    .muxer = "flv",
	    .needs = "rtmps",
	    .codecs = BIT(CODEC_AAC) | BIT(CODEC_MP3),
	    .preferred = { CODEC_AAC, CODEC_AAC },
	    .rate_hz = { [CODEC_MP3] = 44100 },
	    .options = "-flvflags no_duration_filesize",
	    .modern = "-tcp_nodelay 1",
	},
	{
	    .scheme = "rtsp",
	    .example = "rtsp://host:8554/name",
	    .muxer = "rtsp",
	    .needs = "rtp",
	    .codecs = BIT(CODEC_AAC) | BIT(CODEC_OPUS) | BIT(CODEC_PCM),
	    .preferred = { CODEC_AAC, CODEC_OPUS },
	    .options = "-muxdelay 0",
	    .carrier = rtsp_carrier,
	},
	{
	    .scheme = "rtsps",
	    .example = "rtsps://host:322/name",
	    .muxer = "rtsp",
	    .needs = "tls",
	    .codecs = BIT(CODEC_AAC) | BIT(CODEC_OPUS) | BIT(CODEC_PCM),
	    .preferred = { CODEC_AAC, CODEC_OPUS },
	    .options = "-muxdelay 0 -rtsp_transport tcp",
	},
	{ .scheme = NULL },
};

/*
 * AAC comes in frames of 1,024 samples and the encoder holds two back, so a
 * higher rate is a shorter delay: 112 -> 72 ms over RTMP and 152 -> 73 ms
 * over RTSP, measured from 24 to 48 kHz.
 */
static const struct ffmpeg_codec codecs[CODECS] = {
	[CODEC_AAC] = {
	    .name = "aac",
	    .encoder = "aac",
	    .bitrate = 64000,
	    .low_rate_hz = 48000,
	},
	[CODEC_OPUS] = {
	    .name = "opus",
	    .encoder = "libopus",
	    .bitrate = 32000,
	    .options = { [LATENCY_LOW] =
	        "-application lowdelay -frame_duration 10" },
	},
	[CODEC_MP3] = {
	    .name = "mp3",
	    .encoder = "libmp3lame",
	    .bitrate = 64000,
	},
	[CODEC_PCM] = {
	    .name = "pcm",
	    .encoder = "pcm_s16be",
	},
};

/* ---- the plan --------------------------------------------------------- */

static int complain(struct conf_error *e, const struct conf_output *o,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int
complain(
    struct conf_error *e, const struct conf_output *o, const char *fmt, ...)
{
	va_list ap;
	int n = 0;

	if (o->block.line)
		n = snprintf(
		    e->text, sizeof(e->text), "line %u: ", o->block.line);
	n += snprintf(e->text + n, sizeof(e->text) - (size_t)n, "[output %s] ",
	    o->block.name);
	va_start(ap, fmt);
	vsnprintf(e->text + n, sizeof(e->text) - (size_t)n, fmt, ap);
	va_end(ap);
	return ERR_INVALID;
}

/* The names of what `mask` holds: "aac or mp3". */
static const char *
list_codecs(unsigned mask, char *out, size_t size)
{
	size_t at = 0, i;

	*out = '\0';
	for (i = 0; i < CODECS && at < size; i++)
		if (mask & BIT(i))
			at += (size_t)snprintf(out + at, size - at, "%s%s",
			    at ? " or " : "", codecs[i].name);
	return out;
}

static const char *
list_schemes(char *out, size_t size)
{
	const struct ffmpeg_protocol *p;
	size_t at = 0;

	*out = '\0';
	for (p = protocols; p->scheme && at < size; p++)
		at += (size_t)snprintf(
		    out + at, size - at, "%s%s://", at ? ", " : "", p->scheme);
	return out;
}

/* The row of a URL, whose host must not be missing. */
static int
find_protocol(const struct conf_output *o, const struct ffmpeg_protocol **out,
    struct conf_error *e)
{
	const struct ffmpeg_protocol *p;
	size_t n = strcspn(o->url, ":");
	char known[256];

	for (p = protocols; p->scheme; p++)
		if (strlen(p->scheme) == n &&
		    strncmp(p->scheme, o->url, n) == 0 &&
		    strncmp(o->url + n, "://", 3) == 0)
			break;
	/* The URL may hold a key, so it is not shown. */
	if (p->scheme == NULL)
		return complain(e, o,
		    "url: of no known kind; expected one that begins with %s",
		    list_schemes(known, sizeof(known)));
	if (strcspn(o->url + n + 3, "/?#") == 0)
		return complain(
		    e, o, "url: the host is missing; expected %s", p->example);
	*out = p;
	return 0;
}

int
ffmpeg_plan(
    const struct conf_output *o, struct ffmpeg_plan *out, struct conf_error *e)
{
	const struct ffmpeg_protocol *p = NULL;
	enum conf_codec codec = (enum conf_codec)o->codec;
	char able[64];
	int rc = find_protocol(o, &p, e);

	*out = (struct ffmpeg_plan){ 0 };
	if (rc < 0)
		return rc;
	if (codec == CODEC_AUTO)
		codec = p->preferred[o->latency];
	if ((p->codecs & BIT(codec)) == 0)
		return complain(e, o,
		    "codec: %s cannot be carried by %s; expected %s",
		    codecs[codec].name, p->scheme,
		    list_codecs(p->codecs, able, sizeof(able)));
	*out = (struct ffmpeg_plan){
		.protocol = p,
		.codec = &codecs[codec],
		.needs = { [FFMPEG_PROTOCOLS] = p->needs,
		    [FFMPEG_MUXERS] = p->muxer,
		    [FFMPEG_ENCODERS] = codecs[codec].encoder },
	};
	return 0;
}

/* ---- the command line ------------------------------------------------- */

struct args {
	char **words;
	size_t count;
	bool failed;
};

static void add(struct args *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct args *a, const char *fmt, ...)
{
	va_list ap;
	char *word = NULL;

	va_start(ap, fmt);
	if (vasprintf(&word, fmt, ap) < 0)
		a->failed = true;
	else
		a->words[a->count++] = word;
	va_end(ap);
}

static void
add_list(struct args *a, char *const *words)
{
	for (; words && *words; words++)
		add(a, "%s", *words);
}

/* Blank-separated options of the tables. */
static void
add_options(struct args *a, const char *options)
{
	char **words = words_split(options ? options : "");

	if (words == NULL)
		a->failed = true;
	add_list(a, words);
	words_free(words);
}

/* A named pipe of Windows. */
static bool
is_pipe(const char *socket)
{
	return strncmp(socket, "\\\\.\\pipe\\", 9) == 0;
}

/* FIELD-NOTES: the header is skipped as bytes, for the WAV demuxer would eat
 * and wait for 64 KiB. */
static void
add_input(struct args *a, const struct conf_output *o,
    const struct conf_channel *channel, const char *socket)
{
	add_options(a, "-f s16le");
	add(a, "-ar");
	add(a, "%" PRId64, channel->rate_hz);
	add(a, "-ac");
	add(a, "%" PRId64, channel->channels);
	add_options(a, "-skip_initial_bytes 44 -probesize 32 "
		       "-analyzeduration 0 -fflags nobuffer");
	add_list(a, o->extra_input_args);
	add(a, "-i");
	add(a, "%s%s", is_pipe(socket) ? "" : "unix:", socket);
}

static void
add_codec(struct args *a, const struct ffmpeg_plan *plan,
    const struct conf_output *o, const struct conf_channel *channel)
{
	const struct ffmpeg_codec *codec = plan->codec;
	int64_t bitrate = o->bitrate, rate = 0;

	if (bitrate == 0)
		bitrate = codec->bitrate * channel->channels;
	if (o->latency == LATENCY_LOW && channel->rate_hz < codec->low_rate_hz)
		rate = codec->low_rate_hz;
	if (plan->protocol->rate_hz[codec - codecs])
		rate = plan->protocol->rate_hz[codec - codecs];
	add_options(a, "-c:a");
	add(a, "%s", codec->encoder);
	if (codec->bitrate) {
		add(a, "-b:a");
		add(a, "%" PRId64, bitrate);
	}
	if (rate && rate != channel->rate_hz) {
		add(a, "-ar");
		add(a, "%" PRId64, rate);
	}
	add_options(a, codec->options[o->latency]);
}

static void
add_output(struct args *a, const struct ffmpeg_protocol *p,
    const struct conf_output *o, bool modern)
{
	add_options(a, "-flush_packets 1 -f");
	add(a, "%s", p->muxer);
	add_options(a, p->options);
	if (modern)
		add_options(a, p->modern);
	if (p->carrier)
		add_options(a, p->carrier[o->transport]);
	add_list(a, o->extra_output_args);
	add(a, "%s", o->url);
}

static size_t
count(char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

char **
ffmpeg_argv(const struct ffmpeg_plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, const char *program, const char *socket,
    bool modern)
{
	size_t words = WORDS_MAX + count(o->extra_input_args) +
		       count(o->extra_output_args);
	struct args a = { .words = calloc(words + 1, sizeof(*a.words)) };

	if (a.words == NULL)
		return NULL;
	add(&a, "%s", program);
	/* On Windows it is asked to end on its standard input. */
	add_options(&a, is_pipe(socket) ? "-hide_banner -nostats"
					: "-hide_banner -nostdin -nostats");
	add_options(&a, "-loglevel repeat+level+warning -progress pipe:1");
	if (modern)
		add_options(&a, "-stats_period " PERIOD);
	add_input(&a, o, channel, socket);
	add_codec(&a, plan, o, channel);
	add_output(&a, plan->protocol, o, modern);
	if (a.failed) {
		words_free(a.words);
		return NULL;
	}
	return a.words;
}
