#include "streamer-supervisor/ffmpeg/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/args/words.h"
#include "common/conf/schema.h"
#include "common/err.h"
#include "common/net/url.h"
#include "streamer-supervisor/ffmpeg/datagram.h"
#include "streamer-supervisor/ffmpeg/preset.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/ffmpeg/tls.h"

/* What is planned: an output, whose URL stands at `url_key`. */
struct planned {
	const struct conf_output *o;
	const char *url_key;
	struct conf_error *e;
};

static int plan_blame(const struct planned *p, const char *key, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Blames `key`, or the key of the address when that is not the first: what does
 * not go together with another address is that address's fault. */
static int
plan_blame(const struct planned *p, const char *key, const char *fmt, ...)
{
	bool url = strcmp(key, "url") == 0;
	bool first = strcmp(p->url_key, "url") == 0;
	char message[CONF_ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return conf_blame(p->e, &p->o->block, first ? key : p->url_key,
	    "%s%s%s", url || first ? "" : key, url || first ? "" : ": ",
	    message);
}

/* Lists the names of the codecs in `mask`: "aac or mp3". */
static const char *
list_codecs(unsigned mask, char *out, size_t size)
{
	size_t at = 0, i;

	*out = '\0';
	for (i = 0; i < CODEC_COUNT && at < size; i++)
		if (mask & BIT(i))
			at += (size_t)snprintf(out + at, size - at, "%s%s",
			    at ? " or " : "", schema_codecs[i]);
	return out;
}

/* Lists each scheme and each kind of path once. */
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

/* Checks the rates of variants, which become parts of file names. */
static int
check_variants(const struct planned *at, const struct ffmpeg_protocol *p)
{
	const struct conf_sound *s = &at->o->sound;
	size_t n = words_count(s->variants), i, j;
	int64_t rate, other;

	if (n > 0 && !p->varies)
		return plan_blame(at, "variants", "only with HLS");
	if (n > 0 && s->bitrate && at->o->picture == NULL)
		return plan_blame(at, "bitrate",
		    "only one of bitrate and variants can be set");
	if (n > VARIANTS_MAX)
		return plan_blame(
		    at, "variants", "expected at most %d", VARIANTS_MAX);
	for (i = 0; i < n; i++) {
		if (!conf_bitrate(s->variants[i], &rate) || rate < 1000)
			return plan_blame(at, "variants",
			    "expected bit rates such as 128k 64k 32k");
		for (j = 0; j < i; j++)
			if (conf_bitrate(s->variants[j], &other) &&
			    rate == other)
				return plan_blame(at, "variants",
				    "%.20s is there twice", s->variants[i]);
	}
	return 0;
}

/* Finds the row of the URL, and refuses a URL without a host. */
static int
find_protocol(const struct planned *at, const struct ffmpeg_protocol **out)
{
	const char *url = at->o->address.url;
	const struct ffmpeg_protocol *p = protocol_find(url);
	char known[CONF_ERROR_MAX];
	struct url u;

	/* The message does not show the URL, which may hold a key. */
	if (p == NULL)
		return plan_blame(at, "url",
		    "of no known kind; expected one that begins with %s",
		    list_kinds(known, sizeof(known)));
	url_parse(&u, url, strlen(url));
	if (u.kind == URL_UNKNOWN)
		return plan_blame(
		    at, "url", "the host is missing; expected %s", p->example);
	if (p->mounts && u.path.len <= 1)
		return plan_blame(at, "url",
		    "the mountpoint is missing; expected %s", p->example);
	if (p->pattern && strchr(url, '%') == NULL)
		return plan_blame(at, "url",
		    "must name many files; expected %s, or %%05d for a number",
		    p->example);
	*out = p;
	return 0;
}

static bool
is_fragmented(const struct conf_output *o, const struct ffmpeg_protocol *p)
{
	return p->fragments && o->picture &&
	       encoders[o->encoder].codec == PICTURE_H265;
}

/* Refuses keys that the protocol knows nothing of. */
static int
check_address(const struct planned *at, const struct ffmpeg_protocol *p)
{
	const struct conf_address *a = &at->o->address;

	if (a->sdp_file && a->sdp_file[0] && !p->describes)
		return plan_blame(at, "sdp_file", "only with rtp://");
	if (a->listen && p->listening == NULL)
		return plan_blame(at, "listen", "only with rtmp:// or srt://");
	if (plan_has_key(at->o) && p->secret == NULL)
		return plan_blame(at,
		    a->key_file && a->key_file[0] ? "key_file" : "key_env",
		    "ffmpeg takes none for %s",
		    p->scheme[0] ? p->scheme : p->suffix);
	return check_variants(at, p);
}

/* Captions stand beside the segments of MPEG-TS, whose clock they have, that
 * one ffmpeg writes to a folder. */
static int
check_captions(const struct planned *at, const struct ffmpeg_protocol *p)
{
	if (at->o->captions && (p->scheme[0] || !p->varies))
		return plan_blame(at, "captions",
		    "only with HLS in a folder, such as /srv/hls/name.m3u8");
	if (at->o->captions && is_fragmented(at->o, p))
		return plan_blame(at, "captions",
		    "only with a picture of H.264; expected an encoder such "
		    "as libx264");
	return 0;
}

/* In Ogg a title is part of the stream: of Vorbis Icecast puts it there. */
static int
check_title(const struct planned *at, const struct ffmpeg_protocol *p,
    enum conf_codec codec)
{
	if (at->o->now_playing && !p->mounts)
		return plan_blame(at, "now_playing",
		    "only with icecast://; other servers take no titles");
	if (at->o->now_playing && codec == CODEC_OPUS)
		return plan_blame(at, "now_playing",
		    "Icecast takes no titles for opus; expected a codec of "
		    "mp3, aac or vorbis");
	return 0;
}

/* Can the protocol carry the picture, and does the preset's place take it? */
static int
check_picture(const struct planned *at, const struct ffmpeg_protocol *p)
{
	const struct conf_output *o = at->o;
	const struct ffmpeg_encoder *e = &encoders[o->encoder];
	const struct conf_size *most = &presets[o->preset].largest;
	const char *kind = p->scheme[0] ? p->scheme : p->suffix;

	if (o->picture == NULL)
		return 0;
	if (p->pictures == 0)
		return plan_blame(at, "video",
		    "%s carries sound alone; expected rtmp://, rtsp://, "
		    "srt://, rist://, udp://, HLS, DASH or a .mkv file",
		    kind);
	if ((p->pictures & BIT(e->codec)) == 0)
		return plan_blame(at, "encoder",
		    "what %s makes cannot be carried by %s; expected auto or "
		    "an encoder of H.264, such as libx264",
		    e->name, kind);
	/* In a group ffmpeg cannot name the codec as players of HLS want it. */
	if (o->group && o->group[0] && is_fragmented(o, p))
		return plan_blame(at, "encoder",
		    "in a group HLS takes H.264 alone; expected auto or an "
		    "encoder of H.264, such as libx264");
	if (preset_is_exceeded((enum conf_preset)o->preset, o->picture))
		return plan_blame(at, "preset",
		    "[video %s] is too large there; expected at most %dx%d",
		    o->picture->block.name, (int)most->width,
		    (int)most->height);
	return 0;
}

/* SRT's own way to say it. */
static bool
url_listens(const struct ffmpeg_protocol *p, const char *url)
{
	static const char mode[] = "mode=listener";
	const char *at = p->listening ? strchr(url, '?') : NULL;

	for (; at; at = strchr(at + 1, '&'))
		if (strncmp(at + 1, mode, sizeof(mode) - 1) == 0 &&
		    strchr("&#", at[sizeof(mode)]))
			return true;
	return false;
}

bool
plan_has_key(const struct conf_output *o)
{
	return (o->address.key_file && o->address.key_file[0]) ||
	       (o->address.key_env && o->address.key_env[0]);
}

int
plan_make(const struct conf_output *o, const char *url_key, struct plan *out,
    struct conf_error *e)
{
	const struct planned at = { o, url_key, e };
	const struct ffmpeg_protocol *p = NULL;
	const struct ffmpeg_carriage *special;
	enum conf_codec codec = (enum conf_codec)o->sound.codec;
	const char *key, *expected;
	char able[128];

	*out = (struct plan){ 0 };
	if (find_protocol(&at, &p) < 0 || check_address(&at, p) < 0 ||
	    check_picture(&at, p) < 0 || check_captions(&at, p) < 0)
		return ERR_INVALID;
	if (codec == CODEC_AUTO)
		codec = p->preferred[o->sound.latency];
	if ((p->codecs & BIT(codec)) == 0)
		return plan_blame(&at, "codec",
		    "%s cannot be carried by %s; expected %s",
		    schema_codecs[codec], p->scheme[0] ? p->scheme : p->suffix,
		    list_codecs(p->codecs, able, sizeof(able)));
	if (check_title(&at, p, codec) < 0)
		return ERR_INVALID;
	special = &p->carriage[codec];
	*out = (struct plan){
		.protocol = p,
		.codec = &codecs[codec],
		.since = p->since,
		.listens = o->address.listen || url_listens(p, o->address.url),
		.fragmented = is_fragmented(o, p),
		.needs = { [LISTING_PROTOCOLS] = p->needs,
		    [LISTING_MUXERS] =
			special->muxer ? special->muxer : p->muxer,
		    [LISTING_ENCODERS] = special->encoder
					     ? special->encoder
					     : codecs[codec].encoder },
	};
	key = datagram_mistake(out, o, &expected);
	if (key == NULL)
		key = tls_mistake(out, o, &expected);
	return key ? plan_blame(&at, key, "%s", expected) : 0;
}
