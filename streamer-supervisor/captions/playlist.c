#include "streamer-supervisor/captions/playlist.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/lines.h"

#define NUMBER_DIGITS 18

/* ---- reading ----------------------------------------------------------- */

static bool
is_tag(const char *line, size_t len, const char *tag)
{
	return len >= strlen(tag) && memcmp(line, tag, strlen(tag)) == 0;
}

/* Reads digits up to anything else. */
static int64_t
read_number(const char *s, size_t len)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < len && i < NUMBER_DIGITS && s[i] >= '0' && s[i] <= '9';
	     i++)
		n = n * 10 + (s[i] - '0');
	return n;
}

/* Reads "2.005333" as microseconds. */
static int64_t
read_us(const char *s, size_t len)
{
	const char *dot = memchr(s, '.', len);
	int64_t us = read_number(s, len) % (INT64_C(1) << 32) * 1000000;
	int64_t unit = 100000;
	const char *at;

	for (at = dot ? dot + 1 : s + len;
	     at < s + len && unit > 0 && *at >= '0' && *at <= '9'; at++) {
		us += (*at - '0') * unit;
		unit /= 10;
	}
	return us;
}

static bool
read_tag(const char *line, size_t len, const char *tag, int64_t *value)
{
	if (!is_tag(line, len, tag))
		return false;
	*value = read_number(line + strlen(tag), len - strlen(tag));
	return true;
}

/* Is the segment a file beside the list, or below it? */
static bool
is_here(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(PLAYLIST_SEGMENT_SUFFIX) &&
	       strcmp(name + len - strlen(PLAYLIST_SEGMENT_SUFFIX),
		   PLAYLIST_SEGMENT_SUFFIX) == 0 &&
	       name[0] != '/' && strchr(name, '\\') == NULL &&
	       strchr(name, ':') == NULL && strstr(name, "..") == NULL;
}

/* Drops the first segment of a list that is too long. */
static void
drop_first(struct playlist *p)
{
	p->sequence++;
	p->discontinuity_sequence += p->segments[0].discontinuity;
	memmove(
	    p->segments, p->segments + 1, --p->count * sizeof(p->segments[0]));
}

/* Takes over `next`, whose name the line is. */
static int
add_segment(struct playlist *p, struct playlist_segment *next, const char *line,
    size_t len)
{
	if (len >= sizeof(next->name))
		return ERR_INVALID;
	memcpy(next->name, line, len);
	next->name[len] = '\0';
	if (strlen(next->name) != len || !is_here(next->name))
		return ERR_INVALID;
	if (p->count == PLAYLIST_MAX)
		drop_first(p);
	p->segments[p->count++] = *next;
	*next = (struct playlist_segment){ .length_us = 0 };
	return 0;
}

static int
read_line(struct playlist *p, struct playlist_segment *next, const char *line,
    size_t len)
{
	static const char extinf[] = "#EXTINF:";
	static const char cut[] = "#EXT-X-DISCONTINUITY";

	if (len == 0)
		return 0;
	if (line[0] != '#')
		return add_segment(p, next, line, len);
	if (is_tag(line, len, extinf))
		next->length_us =
		    read_us(line + strlen(extinf), len - strlen(extinf));
	else if (len == strlen(cut) && is_tag(line, len, cut))
		next->discontinuity = true;
	else if (!read_tag(line, len, "#EXT-X-TARGETDURATION:", &p->target_s) &&
		 !read_tag(line, len, "#EXT-X-MEDIA-SEQUENCE:", &p->sequence))
		read_tag(line, len, "#EXT-X-DISCONTINUITY-SEQUENCE:",
		    &p->discontinuity_sequence);
	return 0;
}

int
playlist_read(struct playlist *p, const char *text, size_t len)
{
	struct playlist_segment next = { .length_us = 0 };
	const char *line;
	size_t n;
	int rc = 0;

	*p = (struct playlist){ .count = 0 };
	while (rc == 0 && lines_next(&text, &len, &line, &n)) {
		if (n > 0 && line[n - 1] == '\r')
			n--;
		rc = read_line(p, &next, line, n);
	}
	return rc;
}

/* ---- writing ----------------------------------------------------------- */

void
playlist_vtt(const char *segment, char out[PLAYLIST_NAME_MAX])
{
	size_t stem = strlen(segment) - strlen(PLAYLIST_SEGMENT_SUFFIX);

	if (stem > PLAYLIST_NAME_MAX - sizeof(PLAYLIST_VTT_SUFFIX))
		stem = PLAYLIST_NAME_MAX - sizeof(PLAYLIST_VTT_SUFFIX);
	snprintf(out, PLAYLIST_NAME_MAX, "%.*s" PLAYLIST_VTT_SUFFIX, (int)stem,
	    segment);
}

static int
write_segment(const struct playlist_segment *s, struct buf *out)
{
	char name[PLAYLIST_NAME_MAX];

	playlist_vtt(s->name, name);
	return buf_putf(out, "%s#EXTINF:%" PRId64 ".%06" PRId64 ",\n%s\n",
	    s->discontinuity ? "#EXT-X-DISCONTINUITY\n" : "",
	    s->length_us / 1000000, s->length_us % 1000000, name);
}

int
playlist_write_vtt(const struct playlist *p, size_t count, struct buf *out)
{
	size_t i;
	int rc = buf_putf(out,
	    "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:%" PRId64
	    "\n#EXT-X-MEDIA-SEQUENCE:%" PRId64 "\n",
	    p->target_s, p->sequence);

	if (rc == 0 && p->discontinuity_sequence > 0)
		rc =
		    buf_putf(out, "#EXT-X-DISCONTINUITY-SEQUENCE:%" PRId64 "\n",
			p->discontinuity_sequence);
	for (i = 0; rc == 0 && i < count; i++)
		rc = write_segment(&p->segments[i], out);
	return rc;
}

int
playlist_write_master(const struct playlist_stream *streams, size_t count,
    const char *codecs, const char *captions, struct buf *out)
{
	size_t i;
	int rc = buf_putf(out,
	    "#EXTM3U\n#EXT-X-VERSION:3\n"
	    "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\","
	    "NAME=\"Captions\",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,"
	    "URI=\"%s\"\n",
	    captions);

	for (i = 0; rc == 0 && i < count; i++)
		rc = buf_putf(out,
		    "#EXT-X-STREAM-INF:BANDWIDTH=%" PRId64
		    "%s%s%s,SUBTITLES=\"captions\"\n%s\n",
		    streams[i].bandwidth, codecs[0] ? ",CODECS=\"" : "", codecs,
		    codecs[0] ? "\"" : "", streams[i].list);
	return rc;
}
