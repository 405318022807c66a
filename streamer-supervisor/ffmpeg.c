#include "streamer-supervisor/ffmpeg.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/words.h"
#include "streamer-supervisor/protocol.h"

/* Seconds between two blocks of progress; 0.5 before ffmpeg 4.4. */
#define PERIOD "0.2"
/* Words of a command line, without the operator's own. */
#define WORDS_MAX 128
/* Bit rates of one output. */
#define VARIANTS_MAX 8

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

/* Each scheme and each kind of path once. */
static const char *
list_kinds(char *out, size_t size)
{
	const struct ffmpeg_protocol *p;
	const char *last = "";
	size_t at = 0;

	*out = '\0';
	for (p = protocols; p->scheme && at < size; p++)
		if (p->scheme[0] && strcmp(p->scheme, "http") != 0 &&
		    strcmp(p->scheme, "https") != 0)
			at += (size_t)snprintf(out + at, size - at, "%s%s://",
			    at ? ", " : "", p->scheme);
	for (p = protocols; p->scheme && at < size; p++)
		if (strcmp(p->scheme, "http") == 0 || p->scheme[0] == '\0') {
			at += (size_t)snprintf(out + at, size - at, "%s%s",
			    last[0] ? ", " : "; or one such as ", p->example);
			last = p->example;
		}
	return out;
}

static size_t
count(char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

/* Their words are names too. */
static int
check_variants(const struct conf_output *o, const struct ffmpeg_protocol *p,
    struct conf_error *e)
{
	size_t n = count(o->variants), i, j;
	int64_t rate, other;

	if (n > 0 && !p->varies)
		return complain(e, o, "variants: only with HLS");
	if (n > 0 && o->bitrate)
		return complain(e, o, "bitrate: there are variants too");
	if (n > VARIANTS_MAX)
		return complain(
		    e, o, "variants: expected at most %d", VARIANTS_MAX);
	for (i = 0; i < n; i++) {
		if (!conf_bitrate(o->variants[i], &rate) || rate < 1000)
			return complain(e, o,
			    "variants: expected bit rates such as 128k 64k "
			    "32k");
		for (j = 0; j < i; j++)
			if (conf_bitrate(o->variants[j], &other) &&
			    rate == other)
				return complain(e, o,
				    "variants: %.20s is there twice",
				    o->variants[i]);
	}
	return 0;
}

/* The row of a URL, whose host must not be missing. */
static int
find_protocol(const struct conf_output *o, const struct ffmpeg_protocol **out,
    struct conf_error *e)
{
	const struct ffmpeg_protocol *p = protocol_find(o->url);
	char known[CONF_ERROR_MAX];

	/* The URL may hold a key, so it is not shown. */
	if (p == NULL)
		return complain(e, o,
		    "url: of no known kind; expected one that begins with %s",
		    list_kinds(known, sizeof(known)));
	if (p->scheme[0] && strcspn(o->url + strlen(p->scheme) + 3, "/?#") == 0)
		return complain(
		    e, o, "url: the host is missing; expected %s", p->example);
	if (p->pattern && strchr(o->url, '%') == NULL)
		return complain(e, o,
		    "url: must name many files; expected %s, or %%05d for a "
		    "number",
		    p->example);
	if (o->sdp_file && o->sdp_file[0] && !p->describes)
		return complain(e, o, "sdp_file: only with rtp://");
	if (o->listen && !p->listens)
		return complain(e, o, "listen: only with rtmp://");
	if (ffmpeg_has_key(o) && p->secret == NULL)
		return complain(e, o,
		    "key_file and key_env: ffmpeg takes none for %s",
		    p->scheme[0] ? p->scheme : p->suffix);
	if (ffmpeg_has_key(o) && o->key_file[0] && o->key_env[0])
		return complain(e, o, "key_env: there is a key_file too");
	*out = p;
	return check_variants(o, p, e);
}

bool
ffmpeg_has_key(const struct conf_output *o)
{
	return (o->key_file && o->key_file[0]) || (o->key_env && o->key_env[0]);
}

int
ffmpeg_plan(
    const struct conf_output *o, struct ffmpeg_plan *out, struct conf_error *e)
{
	const struct ffmpeg_protocol *p = NULL;
	const struct ffmpeg_carriage *special;
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
		    codecs[codec].name, p->scheme[0] ? p->scheme : p->suffix,
		    list_codecs(p->codecs, able, sizeof(able)));
	special = &p->carriage[codec];
	*out = (struct ffmpeg_plan){
		.protocol = p,
		.codec = &codecs[codec],
		.since = p->since,
		.needs = { [FFMPEG_PROTOCOLS] = p->needs,
		    [FFMPEG_MUXERS] =
			special->muxer ? special->muxer : p->muxer,
		    [FFMPEG_ENCODERS] = special->encoder
					    ? special->encoder
					    : codecs[codec].encoder },
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

/* What the codec insists on goes before what was configured, and that before
 * what is quick. 0: as the channel. */
static int64_t
pick_rate(const struct ffmpeg_plan *plan, const struct conf_output *o,
    const struct conf_channel *channel)
{
	const struct ffmpeg_codec *codec = plan->codec;
	int64_t rate = plan->protocol->carriage[codec - codecs].rate_hz;

	if (rate == 0)
		rate = codec->rate_hz;
	if (rate == 0)
		rate = o->rate_hz;
	if (rate == 0 && o->latency == LATENCY_LOW &&
	    channel->rate_hz < codec->low_rate_hz)
		rate = codec->low_rate_hz;
	return rate == channel->rate_hz ? 0 : rate;
}

static void
add_number(struct args *a, const char *option, int64_t value)
{
	add(a, "%s", option);
	add(a, "%" PRId64, value);
}

/* The same sound, encoded so many times. */
static void
add_variants(struct args *a, const struct conf_output *o)
{
	int64_t rate;
	size_t i;

	for (i = 0; i < count(o->variants); i++) {
		conf_bitrate(o->variants[i], &rate);
		add_options(a, "-map 0:a");
		add(a, "-b:a:%zu", i);
		add(a, "%" PRId64, rate);
	}
}

static void
add_codec(struct args *a, const struct ffmpeg_plan *plan,
    const struct conf_output *o, const struct conf_channel *channel)
{
	const struct ffmpeg_codec *codec = plan->codec;
	int64_t bitrate = o->bitrate, rate = pick_rate(plan, o, channel);
	int64_t channels = plan->protocol->carriage[codec - codecs].channels;

	if (channels == 0)
		channels = codec->channels ? codec->channels : o->channels;
	if (channels == 0)
		channels = channel->channels;
	if (bitrate == 0)
		bitrate = codec->bitrate * channels;
	add_options(a, "-c:a");
	add(a, "%s", plan->needs[FFMPEG_ENCODERS]);
	if (codec->bitrate && count(o->variants) == 0)
		add_number(a, "-b:a", bitrate);
	add_variants(a, o);
	if (rate)
		add_number(a, "-ar", rate);
	if (channels != channel->channels)
		add_number(a, "-ac", channels);
	add_options(a, codec->options[o->latency]);
}

static void
add_segment(struct args *a, const struct ffmpeg_protocol *p,
    const struct conf_output *o)
{
	int64_t ms = o->segment_ns / 1000000;

	if (p->segment == NULL)
		return;
	if (ms == 0)
		ms = p->segment_s * 1000;
	add(a, "%s", p->segment);
	add(a, "%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000);
	if (p->pattern && !protocol_is_numbered(o->url))
		add_options(a, "-segment_atclocktime 1 -strftime 1");
}

/* The URL, whose path ends at `end`, is the list of lists then: those get the
 * names of their rates. */
static void
add_lists(struct args *a, const struct conf_output *o, const char *url,
    const char *end)
{
	const char *dot = end - strlen(".m3u8"), *name;
	size_t n = count(o->variants), i;
	char map[VARIANTS_MAX * 64];
	int at = 0;

	for (i = 0; i < n; i++)
		at += snprintf(map + at, sizeof(map) - (size_t)at,
		    "%sa:%zu,name:%.20s", i ? " " : "", i, o->variants[i]);
	for (name = end; name > url && name[-1] != '/'; name--)
		;
	add_options(a, "-var_stream_map");
	add(a, "%s", map);
	add_options(a, "-master_pl_name");
	add(a, "%.*s", (int)(end - name), name);
	add(a, "%.*s_%%v%s", (int)(dot - url), url, dot);
}

static void
add_url(struct args *a, const struct ffmpeg_protocol *p,
    const struct conf_output *o, const struct secret *secret)
{
	char *url = NULL;

	if (asprintf(&url, "%s%s%s", p->as ? p->as : "",
		secret->url + (p->as ? strlen(p->scheme) : 0),
		p->entry ? p->entry : "") < 0)
		a->failed = true;
	else if (count(o->variants) > 0)
		add_lists(
		    a, o, url, url + strcspn(url, p->scheme[0] ? "?#" : ""));
	else
		add(a, "%s", url);
	free(url);
}

static void
add_output(struct args *a, const struct ffmpeg_plan *plan,
    const struct conf_output *o, const struct secret *secret, bool modern)
{
	const struct ffmpeg_protocol *p = plan->protocol;

	add_options(a, "-flush_packets 1 -f");
	add(a, "%s", plan->needs[FFMPEG_MUXERS]);
	add_options(a, p->options);
	add_options(a, p->carriage[plan->codec - codecs].options);
	if (modern)
		add_options(a, p->modern);
	if (p->carrier)
		add_options(a, p->carrier[o->transport]);
	add_segment(a, p, o);
	if (o->sdp_file && o->sdp_file[0]) {
		add_options(a, "-sdp_file");
		add(a, "%s", o->sdp_file);
	}
	if (o->listen)
		add_options(a, "-listen 1");
	add_list(a, o->extra_output_args);
	if (secret->preset[0])
		add_options(a, "-fpre /dev/stdin");
	/* There is nobody to ask whether a file may be replaced. */
	if (p->scheme[0] == '\0')
		add_options(a, "-y");
	add_url(a, p, o, secret);
}

char **
ffmpeg_argv(const struct ffmpeg_plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, const struct secret *secret,
    const char *program, const char *socket, bool modern)
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
	add_output(&a, plan, o, secret, modern);
	if (a.failed) {
		words_free(a.words);
		return NULL;
	}
	return a.words;
}
