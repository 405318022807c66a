#include "streamer-supervisor/painter/layout/page.h"

#include <string.h>

#include "common/utf8.h"

/* Characters of the page that begins at `text`, and its bytes. */
static size_t
page_length(const char *text, size_t len, size_t *bytes)
{
	size_t count = 0, at = 0, blank = 0, n;
	uint32_t cp;

	*bytes = len;
	while (at < len) {
		if (count == PAGE_CHARACTERS_MAX) {
			*bytes = blank > 0 ? blank : at;
			return utf8_length(text, *bytes);
		}
		n = utf8_decode(text + at, len - at, &cp);
		at += n > 0 ? n : 1;
		count++;
		if (n > 0 && utf8_is_blank(cp))
			blank = at;
	}
	return count;
}

struct page
page_find(const char *text, size_t from, size_t to)
{
	size_t left = strlen(text), bytes, count;
	struct page p;

	count = page_length(text, left, &bytes);
	while (from >= count && bytes < left) {
		text += bytes;
		left -= bytes;
		from -= count;
		to -= count;
		count = page_length(text, left, &bytes);
	}
	p = (struct page){ .text = text, .len = bytes };
	p.from = utf8_offset(text, bytes, from);
	p.to = utf8_offset(text, bytes, to);
	return p;
}
