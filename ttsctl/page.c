#include "ttsctl/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text/width.h"
#include "common/utf8.h"
#include "platform/client.h"

/* A page has at most so many bytes: a queue of 100,000 items. */
#define PAGE_MAX (128u * 1024 * 1024)
#define LINE_MAX_BYTES 8192
/* The size of a terminal that does not tell its own. */
#define COLUMNS 80
#define ROWS 24

void
page_init(struct page *p)
{
	*p = (struct page){ 0 };
	buf_init(&p->text, PAGE_MAX);
	if (!client_output_is_terminal())
		return;
	p->colour = getenv("NO_COLOR") == NULL;
	if (client_terminal_size(&p->columns, &p->rows) < 0) {
		p->columns = COLUMNS;
		p->rows = ROWS;
	}
}

void
page_done(struct page *p)
{
	buf_done(&p->text);
}

size_t
page_width(const char *text)
{
	return width_text(text, strlen(text));
}

void
page_cut(char *text, size_t size, size_t columns)
{
	const char *sign = columns ? "…" : "";
	size_t len = strlen(text), room = size - strlen(sign) - 1, at;

	if (width_text(text, len) <= columns)
		return;
	at =
	    columns ? width_fit(text, len < room ? len : room, columns - 1) : 0;
	snprintf(text + at, size - at, "%s", sign);
}

/* Formats a text, makes it safe, and cuts it to what the line has left. */
static void
page_format(struct page *p, size_t column, char text[LINE_MAX_BYTES],
    const char *fmt, va_list ap)
{
	char raw[LINE_MAX_BYTES];

	vsnprintf(raw, sizeof(raw), fmt, ap);
	utf8_sanitise(text, LINE_MAX_BYTES, raw, strlen(raw));
	if (p->columns)
		page_cut(text, LINE_MAX_BYTES,
		    column < p->columns ? p->columns - column : 0);
}

static void
page_put(struct page *p, const char *colour, const char *text)
{
	if (!p->colour || text[0] == '\0')
		colour = "";
	buf_putf(&p->text, "%s%s%s", colour, text, colour[0] ? PLAIN : "");
}

void
page_line(struct page *p, const char *colour, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES];
	va_list ap;

	va_start(ap, fmt);
	page_format(p, 0, text, fmt, ap);
	va_end(ap);
	page_put(p, colour, text);
	page_end(p);
}

void
page_part(
    struct page *p, size_t *column, const char *colour, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES];
	va_list ap;

	va_start(ap, fmt);
	page_format(p, *column, text, fmt, ap);
	va_end(ap);
	page_put(p, colour, text);
	*column += page_width(text);
}

void
page_end(struct page *p)
{
	buf_puts(&p->text, "\n");
}

void
page_print(struct page *p)
{
	fwrite(buf_data(&p->text), 1, buf_len(&p->text), stdout);
	page_done(p);
}
