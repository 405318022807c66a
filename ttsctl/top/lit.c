#include "ttsctl/top/lit.h"

#include <stdlib.h>
#include <string.h>

#include "common/text/width.h"
#include "common/utf8.h"

#define LIT "\033[1;32m"
/* Of a line where there is no terminal: a part of a page has room for them. */
#define COLUMNS_MAX 2000

/* The text, safe for a terminal, and where its present word is, in bytes. */
struct lit {
	char *text;
	size_t len;
	size_t from, to;
	size_t columns; /* of a line */
};

/* A part of it that stands in a line. */
struct lit_line {
	size_t at, len;
};

/* Ends of lines are blanks like others: a control character is made a sign of
 * the same number of characters, so that places stay true. */
static void
blank_out(char *text)
{
	for (; *text; text++)
		if (*text == '\n' || *text == '\t' || *text == '\r')
			*text = ' ';
}

/* Puts the word in brackets, where nothing else can light it. */
static void
bracket(struct lit *l)
{
	memmove(l->text + l->to + 2, l->text + l->to, l->len - l->to + 1);
	memmove(l->text + l->from + 1, l->text + l->from, l->to - l->from);
	l->text[l->from] = '[';
	l->text[l->to + 1] = ']';
	l->to += 2;
	l->len += 2;
}

static bool
lit_init(struct lit *l, const struct utterance *u, bool colour, size_t columns)
{
	size_t len = strlen(u->text);
	char *raw = strdup(u->text);

	*l = (struct lit){ .text = malloc(len + 3), .columns = columns };
	if (raw == NULL || l->text == NULL) {
		free(raw);
		free(l->text);
		return false;
	}
	blank_out(raw);
	utf8_sanitise(l->text, len + 1, raw, len);
	free(raw);
	l->len = strlen(l->text);
	l->from = utf8_offset(l->text, l->len, u->at);
	l->to = utf8_offset(l->text, l->len, u->at + u->length);
	if (!colour && l->to > l->from)
		bracket(l);
	return true;
}

/* Where a line that begins there ends: behind a word, or, of one that is longer
 * than a line and of Chinese, in it. */
static size_t
line_length(const struct lit *l, size_t at)
{
	const char *text = l->text + at;
	size_t left = l->len - at, n, end;

	n = width_fit(text, left, l->columns);
	if (n == 0)
		n = utf8_decode(text, left, NULL);
	if (n >= left || text[n] == ' ')
		return n;
	for (end = n; end > 0 && text[end - 1] != ' '; end--)
		;
	while (end > 0 && text[end - 1] == ' ')
		end--;
	return end > 0 ? end : n;
}

/* Goes on to the line behind this one; false: there is none. */
static bool
lit_next(const struct lit *l, struct lit_line *line)
{
	line->at += line->len;
	while (line->at < l->len && l->text[line->at] == ' ')
		line->at++;
	if (line->at >= l->len)
		return false;
	line->len = line_length(l, line->at);
	return true;
}

/* The number of the line that the word begins in; 0 without one. */
static unsigned
find_lit_line(const struct lit *l)
{
	struct lit_line line = { 0 };
	unsigned n = 0;

	while (lit_next(l, &line)) {
		if (l->from < line.at + line.len)
			return n;
		n++;
	}
	return n;
}

/* The bytes of a line that lie between two places of the text. */
static void
write_between(struct page *p, const struct lit *l, const struct lit_line *line,
    size_t from, size_t to, size_t *column, const char *colour)
{
	size_t end = line->at + line->len;

	from = from < line->at ? line->at : from;
	to = to > end ? end : to;
	if (from < to)
		page_part(p, column, colour, "%.*s", (int)(to - from),
		    l->text + from);
}

static void
write_lit_line(struct page *p, const struct lit *l, const struct lit_line *line,
    size_t column)
{
	write_between(p, l, line, 0, l->from, &column, "");
	write_between(p, l, line, l->from, l->to, &column, LIT);
	write_between(p, l, line, l->to, l->len, &column, l->to > 0 ? DIM : "");
	page_end(p);
}

/* How wide a line may be that begins at this column. */
static size_t
columns_from(const struct page *p, size_t column)
{
	if (p->columns == 0)
		return COLUMNS_MAX;
	return p->columns > column + 1 ? p->columns - column : 1;
}

void
lit_write(
    struct page *p, unsigned indent, unsigned lines, const struct utterance *u)
{
	struct lit_line line = { 0 };
	unsigned n, first;
	size_t column;
	struct lit l;

	if (!lit_init(&l, u, p->colour, columns_from(p, indent)))
		return;
	n = find_lit_line(&l);
	first = n >= lines ? n - lines + 1 : 0;
	for (n = 0; lit_next(&l, &line) && n < first + lines; n++) {
		if (n < first)
			continue;
		column = 0;
		page_part(p, &column, "", "%*s", (int)indent, "");
		write_lit_line(p, &l, &line, column);
	}
	free(l.text);
}

void
lit_write_rest(struct page *p, size_t column, const struct utterance *u)
{
	struct lit_line line = { 0 };
	unsigned n;
	struct lit l;

	if (!lit_init(&l, u, p->colour, columns_from(p, column))) {
		page_end(p);
		return;
	}
	for (n = find_lit_line(&l) + 1; n > 0 && lit_next(&l, &line); n--)
		;
	write_lit_line(p, &l, &line, column);
	free(l.text);
}
