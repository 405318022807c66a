#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

static log_sink *sink;
static enum log_level max_level;
static uint64_t dropped;

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void
log_init(log_sink *to, enum log_level max)
{
	sink = to;
	max_level = max;
}

const char *
log_level_name(enum log_level level)
{
	return level_names[level];
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	/* `raw` has room for one more UTF-8 character (4 bytes) than `line`:
	 * where vsnprintf() cuts a character in two, utf8_sanitise() never
	 * reaches it. */
	char raw[LOG_LINE_MAX + 4], line[LOG_LINE_MAX];
	va_list ap;

	if (sink == NULL || level > max_level)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	utf8_sanitise(line, sizeof(line), raw, strlen(raw));
	sink(level, line);
}

/* What a log line must not hold as it is, though it is well-formed: controls
 * that end a line or turn the direction of what follows. */
static bool
is_format_control(uint32_t cp)
{
	return (cp >= 0x80 && cp < 0xa0) || cp == 0x061c ||
	       (cp >= 0x200e && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static const char *
short_escape(uint32_t cp)
{
	switch (cp) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

/* Longest that escape_character() makes of one. */
#define ESCAPED_MAX 6

/* Writes the first character of `text`, and returns its bytes there. */
static size_t
escape_character(const char *text, size_t len, char out[ESCAPED_MAX + 1])
{
	uint32_t cp;
	size_t n = utf8_decode(text, len, &cp);
	const char *as = n ? short_escape(cp) : NULL;

	if (as)
		snprintf(out, ESCAPED_MAX + 1, "%s", as);
	else if (n == 0 || cp < 0x20 || cp == 0x7f)
		snprintf(out, ESCAPED_MAX + 1, "\\x%02x", (uint8_t)*text);
	else if (is_format_control(cp))
		snprintf(
		    out, ESCAPED_MAX + 1, "\\u%04x", (unsigned)(cp & 0xffff));
	else
		snprintf(out, ESCAPED_MAX + 1, "%.*s", (int)n, text);
	return n ? n : 1;
}

const char *
log_quote(const char *text)
{
	static const char cut[] = "...\"";
	static char values[2][LOG_QUOTED_MAX + 1];
	static unsigned turn;
	char *out = values[turn++ % 2], one[ESCAPED_MAX + 1];
	size_t left = strlen(text), at = 0, n;

	out[at++] = '"';
	for (; left > 0; text += n, left -= n) {
		n = escape_character(text, left, one);
		if (at + strlen(one) + strlen(cut) > LOG_QUOTED_MAX)
			break;
		memcpy(out + at, one, strlen(one));
		at += strlen(one);
	}
	snprintf(out + at, LOG_QUOTED_MAX + 1 - at, "%s", left ? cut : "\"");
	return out;
}

bool
log_allow(struct log_limit *l, int64_t now_ns)
{
	int64_t from = l->full_ns > now_ns ? l->full_ns : now_ns;

	if (from + l->every_ns - now_ns > l->every_ns * (int64_t)l->burst) {
		l->dropped++;
		dropped++;
		return false;
	}
	l->full_ns = from + l->every_ns;
	return true;
}

uint64_t
log_dropped(void)
{
	return dropped;
}
