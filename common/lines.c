#include "common/lines.h"

#include <string.h>

const struct record_field lines_fields[] = {
	RECORD_FIELD_TEXT(lines, text),
	RECORD_FIELD_SIZE(lines, len, LINES_MAX),
	RECORD_END,
};

static void
lines_take(struct lines *l, lines_fn *fn, void *arg)
{
	size_t n = l->len;

	while (n > 0 && (l->text[n - 1] == ' ' || l->text[n - 1] == '\r'))
		n--;
	l->text[n] = '\0';
	l->len = 0;
	if (n > 0)
		fn(arg, l->text);
}

static void
lines_keep(struct lines *l, const char *data, size_t len)
{
	char *at = l->text + l->len, *nul;

	if (len > LINES_MAX - l->len)
		len = LINES_MAX - l->len;
	memcpy(at, data, len);
	while ((nul = memchr(at, '\0', len)) != NULL)
		*nul = '?';
	l->len += len;
}

void
lines_feed(
    struct lines *l, const void *data, size_t len, lines_fn *fn, void *arg)
{
	const char *at = data, *newline;
	size_t n;

	while (len > 0) {
		newline = memchr(at, '\n', len);
		n = newline ? (size_t)(newline - at) : len;
		lines_keep(l, at, n);
		if (newline) {
			lines_take(l, fn, arg);
			n++;
		}
		at += n;
		len -= n;
	}
}

void
lines_end(struct lines *l, lines_fn *fn, void *arg)
{
	lines_take(l, fn, arg);
}

bool
lines_peek(const struct buf *b, size_t *scanned, const char **line, size_t *len)
{
	size_t held = buf_len(b);
	const char *newline = NULL;

	*line = (const char *)buf_data(b);
	if (held > *scanned)
		newline = memchr(*line + *scanned, '\n', held - *scanned);
	*scanned = newline ? 0 : held;
	*len = newline ? (size_t)(newline - *line) : held;
	return newline != NULL;
}

bool
lines_next(const char **text, size_t *left, const char **line, size_t *len)
{
	const char *newline;

	*line = *text;
	*len = 0;
	if (*left == 0)
		return false;
	newline = memchr(*text, '\n', *left);
	*len = newline ? (size_t)(newline - *text) : *left;
	*text += *len + (newline != NULL);
	*left -= *len + (newline != NULL);
	return true;
}
