#include "streamer-supervisor/ffmpeg/invocation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "common/format.h"
#include "common/net/url.h"
#include "streamer-supervisor/ffmpeg/datagram.h"
#include "streamer-supervisor/ffmpeg/encoder.h"
#include "streamer-supervisor/ffmpeg/preset.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/ffmpeg/tls.h"

/* Seconds between two blocks of progress; ffmpeg before 4.4 has 0.5 always. */
#define PERIOD "0.2"

/* At most so many bytes are added to a URL. */
#define QUERY_MAX 128

static void
add_socket(struct argv *a, const char *socket)
{
	argv_add(a, "-i");
	argv_add(a, "%s%s", url_socket_scheme(socket), socket);
}

/* Adds sound and picture as one input, whose time stamps are the channel's
 * samples. Two inputs would come apart, and one that stands still would hold up
 * the other. */
static void
add_matroska(
    struct argv *a, const struct conf_output *o, const struct invocation *start)
{
	encoder_device(a, start->encoder);
	argv_options(
	    a, "-f matroska -probesize 32 -analyzeduration 0 -fflags nobuffer");
	argv_list(a, o->extra_input_args);
	add_socket(a, start->socket);
}

/* Adds the channel's audio as input. The WAV header is skipped as bytes, for
 * ffmpeg's WAV demuxer would wait for 64 KiB before it lets any sound
 * through. */
static void
add_input(struct argv *a, const struct conf_output *o,
    const struct conf_channel *channel, const char *socket)
{
	argv_options(a, "-f s16le");
	argv_add(a, "-ar");
	argv_add(a, "%" PRId64, channel->rate_hz);
	argv_add(a, "-ac");
	argv_add(a, "%" PRId64, channel->channels);
	argv_options(a, "-skip_initial_bytes 44 -probesize 32 "
			"-analyzeduration 0 -fflags nobuffer");
	argv_list(a, o->extra_input_args);
	add_socket(a, socket);
}

/* Returns the sample rate to encode at: what the codec insists on, else what
 * was configured, else what makes a short delay: with a picture always, for it
 * would have to wait for the sound. The same when the picture is missing, so
 * that players need not begin afresh. */
int64_t
invocation_rate_hz(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel)
{
	const struct ffmpeg_codec *codec = plan->codec;
	int64_t rate = plan->protocol->carriage[codec - codecs].rate_hz;

	if (rate == 0)
		rate = codec->rate_hz;
	if (rate == 0)
		rate = o->sound.rate_hz;
	if (rate == 0 && (o->sound.latency == LATENCY_LOW || o->picture) &&
	    channel->rate_hz < codec->low_rate_hz)
		rate = codec->low_rate_hz;
	return rate ? rate : channel->rate_hz;
}

/* Adds the encoders of the same sound at several bit rates. Of an output with a
 * picture the rates are the picture's, and the sound is the same in all. */
static void
add_variants(struct argv *a, const struct conf_output *o, bool pictured)
{
	int64_t rate;
	size_t i;

	for (i = 0; i < words_count(o->sound.variants); i++) {
		conf_bitrate(o->sound.variants[i], &rate);
		argv_options(a, pictured ? "-map 0:v -map 0:a" : "-map 0:a");
		if (o->picture)
			continue;
		argv_add(a, "-b:a:%zu", i);
		argv_add(a, "%" PRId64, rate);
	}
}

/* Adds the filter that cuts sound into packets. It has to resample too: a
 * resampler that ffmpeg puts behind it would make packets of unequal length. */
static void
add_packets(struct argv *a, const struct plan *plan,
    const struct conf_output *o, int64_t rate_hz, int64_t channels)
{
	int64_t samples = datagram_samples(plan, o, rate_hz, channels);

	if (samples > 0) {
		argv_options(a, "-af");
		argv_add(a,
		    "aformat=sample_rates=%" PRId64 ",asetnsamples=n=%" PRId64
		    ":p=0",
		    rate_hz, samples);
	}
	if (datagram_frames_opus(plan, o))
		argv_number(a, "-frame_duration", o->sound.ptime_ns / 1000000);
}

static int64_t
pick_channels(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel)
{
	const struct ffmpeg_codec *codec = plan->codec;
	int64_t channels = plan->protocol->carriage[codec - codecs].channels;

	if (channels == 0)
		channels = codec->channels;
	if (channels == 0)
		channels = o->sound.channels;
	return channels ? channels : channel->channels;
}

int64_t
invocation_bitrate(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel)
{
	int64_t bitrate = o->sound.bitrate;

	if (bitrate == 0 && o->picture)
		bitrate = presets[o->preset].sound_bps;
	return bitrate ? bitrate
		       : plan->codec->bitrate * pick_channels(plan, o, channel);
}

static void
add_bitrate(struct argv *a, const struct ffmpeg_codec *codec, int64_t bps,
    int64_t channels)
{
	argv_number(a, "-b:a", bps);
	if (codec->ample_options && bps >= codec->ample_bps * channels)
		argv_options(a, codec->ample_options);
}

static void
add_codec(struct argv *a, const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, bool pictured)
{
	const struct ffmpeg_codec *codec = plan->codec;
	int64_t rate = invocation_rate_hz(plan, o, channel);
	int64_t channels = pick_channels(plan, o, channel);
	bool varies = words_count(o->sound.variants) > 0 && !o->picture;

	argv_options(a, "-c:a");
	argv_add(a, "%s", plan->needs[LISTING_ENCODERS]);
	if (codec->bitrate && !varies)
		add_bitrate(
		    a, codec, invocation_bitrate(plan, o, channel), channels);
	add_variants(a, o, pictured);
	if (rate != channel->rate_hz)
		argv_number(a, "-ar", rate);
	if (channels != channel->channels)
		argv_number(a, "-ac", channels);
	argv_options(a, codec->options[o->sound.latency]);
	add_packets(a, plan, o, rate, channels);
}

static int64_t
segment_ms(const struct ffmpeg_protocol *p, const struct conf_output *o)
{
	int64_t ms = o->address.segment_ns / 1000000;

	return ms ? ms : p->segment_s * 1000;
}

/* Files are so long that they may wait for the next key frame. */
int64_t
invocation_segment_ms(const struct plan *plan, const struct conf_output *o)
{
	const struct ffmpeg_protocol *p = plan->protocol;

	return p->segment && !p->pattern ? segment_ms(p, o) : 0;
}

static void
add_segment(struct argv *a, const struct ffmpeg_protocol *p,
    const struct conf_output *o, int64_t number)
{
	int64_t ms = segment_ms(p, o);

	if (p->segment == NULL)
		return;
	argv_add(a, "%s", p->segment);
	argv_add(a, "%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000);
	if (p->pattern && !protocol_is_numbered(o->address.url))
		argv_options(a, "-segment_atclocktime 1 -strftime 1");
	else if (p->pattern && number > 0)
		argv_number(a, "-segment_start_number", number);
}

/* Writes which streams a variant has, and its name. Returns its length. */
static int
put_variant(char *out, size_t size, const char *name, size_t i, bool pictured)
{
	const char *blank = i ? " " : "";

	if (pictured)
		return snprintf(
		    out, size, "%sv:%zu,a:%zu,name:%.20s", blank, i, i, name);
	return snprintf(out, size, "%sa:%zu,name:%.20s", blank, i, name);
}

/* Adds the lists of the variants, which get the names of their rates; the URL,
 * whose path ends at `end`, is the list of these lists. */
static void
add_lists(struct argv *a, const struct conf_output *o, const char *url,
    const char *end, bool pictured)
{
	const char *dot = end - strlen(".m3u8"), *name;
	size_t n = words_count(o->sound.variants), i;
	char map[VARIANTS_MAX * 64];
	int at = 0;

	for (i = 0; i < n; i++)
		at += put_variant(map + at, sizeof(map) - (size_t)at,
		    o->sound.variants[i], i, pictured);
	for (name = end; name > url && name[-1] != '/'; name--)
		;
	argv_options(a, "-var_stream_map");
	argv_add(a, "%s", map);
	argv_options(a, "-master_pl_name");
	argv_add(a, "%.*s", (int)(end - name), name);
	argv_add(a, "%.*s_%%v%s", (int)(dot - url), url, dot);
}

/* Has segments of HLS be fragmented MP4. What all of a list have in common is a
 * file beside it, /srv/live_init.mp4 of /srv/live.m3u8. */
static void
add_fragments(struct argv *a, const struct ffmpeg_protocol *p,
    const struct conf_output *o, const char *url)
{
	char *list = format_text("%s%s", url, p->entry ? p->entry : "");
	const char *name, *end;

	if (list == NULL) {
		a->failed = true;
		return;
	}
	end = list + strcspn(list, p->scheme[0] ? "?#" : "");
	for (name = end; name > list && name[-1] != '/'; name--)
		;
	argv_options(a, "-hls_segment_type fmp4 -hls_fmp4_init_filename");
	argv_add(a, "%.*s%s_init.mp4",
	    (int)(end - name - (ptrdiff_t)strlen(".m3u8")), name,
	    words_count(o->sound.variants) > 0 ? "_%v" : "");
	free(list);
}

static void
add_url(struct argv *a, const struct ffmpeg_protocol *p,
    const struct conf_output *o, const struct secret *secret, bool pictured)
{
	char *url, query[QUERY_MAX];

	datagram_query(o, query, sizeof(query));
	url = format_text("%s%s%s%s", p->as ? p->as : "",
	    secret->url + (p->as ? strlen(p->scheme) : 0),
	    p->entry ? p->entry : "", query);
	if (url == NULL)
		a->failed = true;
	else if (words_count(o->sound.variants) > 0)
		add_lists(a, o, url,
		    url + strcspn(url, p->scheme[0] ? "?#" : ""), pictured);
	else
		argv_add(a, "%s", url);
	free(url);
}

/* Has ffmpeg wait for a player without an end, but only for so long for what a
 * client has to say: one that says nothing would keep all others out. */
static void
add_listening(struct argv *a, const struct ffmpeg_protocol *p,
    const struct conf_output *o)
{
	argv_options(a, p->listening);
	if (p->patience == NULL)
		return;
	argv_add(a, "-%s", p->patience);
	argv_add(a, "%" PRId64, o->timing.start_timeout_ns / 1000);
}

static bool
has_title(const struct conf_output *o)
{
	return o->title && o->title[0];
}

void
invocation_output(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct secret *secret,
    const struct invocation *start)
{
	const struct ffmpeg_protocol *p = plan->protocol;

	argv_options(a, "-flush_packets 1");
	/* A picture that stands still must not hold up the sound. */
	if (start->pictured)
		argv_options(a, "-max_interleave_delta 200000");
	argv_options(a, "-f");
	argv_add(a, "%s", plan->needs[LISTING_MUXERS]);
	argv_options(a, p->options);
	argv_options(a, p->carriage[plan->codec - codecs].options);
	if (start->modern)
		argv_options(a, p->modern);
	if (p->carrier)
		argv_options(a, p->carrier[o->address.transport]);
	add_segment(a, p, o, start->number);
	if (plan->fragmented)
		add_fragments(a, p, o, secret->url);
	if (has_title(o) && p->naming) {
		argv_add(a, "%s", p->naming);
		argv_add(a, "%s", o->title);
	}
	if (o->address.sdp_file && o->address.sdp_file[0]) {
		argv_options(a, "-sdp_file");
		argv_add(a, "%s", o->address.sdp_file);
	}
	tls_options(a, plan, o, secret);
	if (o->address.listen)
		add_listening(a, p, o);
	argv_list(a, o->extra_output_args);
	if (secret->preset[0])
		argv_options(a, "-fpre /dev/stdin");
	/* -y: nobody could answer ffmpeg whether a file may be replaced. */
	if (p->scheme[0] == '\0')
		argv_options(a, "-y");
	add_url(a, p, o, secret, start->pictured);
}

void
invocation_begin(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct conf_channel *channel,
    const struct invocation *start)
{
	argv_add(a, "%s", start->program);
	/* On Windows ffmpeg is asked to end on its standard input. */
	argv_options(a, url_socket_is_pipe(start->socket)
			    ? "-hide_banner -nostats"
			    : "-hide_banner -nostdin -nostats");
	argv_options(a, "-loglevel repeat+level+warning -progress pipe:1");
	/* What ffmpeg reads to find out about the stream (960 samples here) it
	 * throws away after 30 ms; all of it is known already. */
	if (start->modern)
		argv_options(a, "-stats_period " PERIOD " -nofind_stream_info");
	if (start->pictured) {
		add_matroska(a, o, start);
		encoder_options(
		    a, start->encoder, o, start->segment_ms, start->modern);
		/* By its usual name some players do not take it. */
		if (plan->fragmented)
			argv_options(a, "-tag:v hvc1");
	} else {
		add_input(a, o, channel, start->socket);
	}
	add_codec(a, plan, o, channel, start->pictured);
	if (has_title(o)) {
		argv_options(a, "-metadata");
		argv_add(a, "title=%s", o->title);
	}
}

char **
invocation_argv(const struct plan *plan, const struct conf_output *o,
    const struct conf_channel *channel, const struct secret *secret,
    const struct invocation *start)
{
	struct invocation own = *start;
	struct argv a = { 0 };

	own.segment_ms = invocation_segment_ms(plan, o);
	invocation_begin(&a, plan, o, channel, &own);
	invocation_output(&a, plan, o, secret, start);
	return argv_take(&a);
}
