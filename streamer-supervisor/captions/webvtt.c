#include "streamer-supervisor/captions/webvtt.h"

#include <inttypes.h>

#include "common/utf8.h"

#define MS_PER_S 1000
#define MS_PER_MINUTE (60 * MS_PER_S)
#define MS_PER_HOUR (60 * MS_PER_MINUTE)

static int
put_time(struct buf *out, int64_t ms)
{
	return buf_putf(out, "%02" PRId64 ":%02d:%02d.%03d", ms / MS_PER_HOUR,
	    (int)(ms / MS_PER_MINUTE % 60), (int)(ms / MS_PER_S % 60),
	    (int)(ms % MS_PER_S));
}

int
webvtt_begin(struct buf *out, int64_t pts, int64_t local_ms)
{
	int64_t wrapped = (pts % PTS_SPAN + PTS_SPAN) % PTS_SPAN;
	int rc = buf_putf(
	    out, "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:%" PRId64 ",LOCAL:", wrapped);

	if (rc == 0)
		rc = put_time(out, local_ms);
	return rc < 0 ? rc : buf_puts(out, "\n");
}

/* A line end would end the cue. */
static bool
is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 ||
	       cp == 0x2029;
}

static int
put_character(struct buf *out, const char *at, size_t len, uint32_t cp)
{
	switch (cp) {
	case '&':
		return buf_puts(out, "&amp;");
	case '<':
		return buf_puts(out, "&lt;");
	case '>':
		return buf_puts(out, "&gt;");
	default:
		return is_control(cp) ? buf_puts(out, " ")
				      : buf_put(out, at, len);
	}
}

static int
put_escaped(struct buf *out, const char *text, size_t len)
{
	size_t at, n;
	uint32_t cp;
	int rc = 0;

	for (at = 0; rc == 0 && at < len; at += n) {
		n = utf8_decode(text + at, len - at, &cp);
		if (n == 0)
			break;
		rc = put_character(out, text + at, n, cp);
	}
	return rc;
}

int
webvtt_text(struct buf *out, const char *line, size_t len, size_t mark_from,
    size_t mark_to)
{
	int rc = put_escaped(out, line, mark_from);

	if (rc == 0 && mark_to > mark_from) {
		rc = buf_puts(out, "<b>");
		if (rc == 0)
			rc = put_escaped(
			    out, line + mark_from, mark_to - mark_from);
		if (rc == 0)
			rc = buf_puts(out, "</b>");
	}
	return rc < 0 ? rc : put_escaped(out, line + mark_to, len - mark_to);
}

int
webvtt_cue(struct buf *out, int64_t from_ms, int64_t to_ms, const char *text)
{
	int rc = buf_puts(out, "\n");

	if (rc == 0)
		rc = put_time(out, from_ms);
	if (rc == 0)
		rc = buf_puts(out, " --> ");
	if (rc == 0)
		rc = put_time(out, to_ms);
	return rc < 0 ? rc : buf_putf(out, "\n%s\n", text);
}
