#include "streamer-supervisor/ffmpeg/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/url.h"
#include "common/words.h"
#include "streamer-supervisor/ffmpeg/datagram.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

static int plan_complain(struct conf_error *e, const struct conf_output *o,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int
plan_complain(
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

/* Their words are names too. */
static int
check_variants(const struct conf_output *o, const struct ffmpeg_protocol *p,
    struct conf_error *e)
{
	size_t n = words_count(o->sound.variants), i, j;
	int64_t rate, other;

	if (n > 0 && !p->varies)
		return plan_complain(e, o, "variants: only with HLS");
	if (n > 0 && o->sound.bitrate)
		return plan_complain(e, o, "bitrate: there are variants too");
	if (n > VARIANTS_MAX)
		return plan_complain(
		    e, o, "variants: expected at most %d", VARIANTS_MAX);
	for (i = 0; i < n; i++) {
		if (!conf_bitrate(o->sound.variants[i], &rate) || rate < 1000)
			return plan_complain(e, o,
			    "variants: expected bit rates such as 128k 64k "
			    "32k");
		for (j = 0; j < i; j++)
			if (conf_bitrate(o->sound.variants[j], &other) &&
			    rate == other)
				return plan_complain(e, o,
				    "variants: %.20s is there twice",
				    o->sound.variants[i]);
	}
	return 0;
}

/* The row of a URL, whose host must not be missing. */
static int
find_protocol(const struct conf_output *o, const struct ffmpeg_protocol **out,
    struct conf_error *e)
{
	const struct ffmpeg_protocol *p = protocol_find(o->address.url);
	char known[CONF_ERROR_MAX];
	struct url u;

	/* The URL may hold a key, so it is not shown. */
	if (p == NULL)
		return plan_complain(e, o,
		    "url: of no known kind; expected one that begins with %s",
		    list_kinds(known, sizeof(known)));
	url_parse(&u, o->address.url, strlen(o->address.url));
	if (u.kind == URL_UNKNOWN)
		return plan_complain(
		    e, o, "url: the host is missing; expected %s", p->example);
	if (p->pattern && strchr(o->address.url, '%') == NULL)
		return plan_complain(e, o,
		    "url: must name many files; expected %s, or %%05d for a "
		    "number",
		    p->example);
	if (o->address.sdp_file && o->address.sdp_file[0] && !p->describes)
		return plan_complain(e, o, "sdp_file: only with rtp://");
	if (o->address.listen && !p->listens)
		return plan_complain(e, o, "listen: only with rtmp://");
	if (plan_has_key(o) && p->secret == NULL)
		return plan_complain(e, o,
		    "key_file and key_env: ffmpeg takes none for %s",
		    p->scheme[0] ? p->scheme : p->suffix);
	if (plan_has_key(o) && o->address.key_file[0] && o->address.key_env[0])
		return plan_complain(e, o, "key_env: there is a key_file too");
	*out = p;
	return check_variants(o, p, e);
}

bool
plan_has_key(const struct conf_output *o)
{
	return (o->address.key_file && o->address.key_file[0]) ||
	       (o->address.key_env && o->address.key_env[0]);
}

int
plan_make(const struct conf_output *o, struct plan *out, struct conf_error *e)
{
	const struct ffmpeg_protocol *p = NULL;
	const struct ffmpeg_carriage *special;
	enum conf_codec codec = (enum conf_codec)o->sound.codec;
	const char *key, *expected;
	char able[128];
	int rc = find_protocol(o, &p, e);

	*out = (struct plan){ 0 };
	if (rc < 0)
		return rc;
	if (codec == CODEC_AUTO)
		codec = p->preferred[o->sound.latency];
	if ((p->codecs & BIT(codec)) == 0)
		return plan_complain(e, o,
		    "codec: %s cannot be carried by %s; expected %s",
		    codecs[codec].name, p->scheme[0] ? p->scheme : p->suffix,
		    list_codecs(p->codecs, able, sizeof(able)));
	special = &p->carriage[codec];
	*out = (struct plan){
		.protocol = p,
		.codec = &codecs[codec],
		.since = p->since,
		.needs = { [LISTING_PROTOCOLS] = p->needs,
		    [LISTING_MUXERS] =
			special->muxer ? special->muxer : p->muxer,
		    [LISTING_ENCODERS] = special->encoder
					     ? special->encoder
					     : codecs[codec].encoder },
	};
	key = datagram_mistake(out, o, &expected);
	return key ? plan_complain(e, o, "%s: %s", key, expected) : 0;
}
