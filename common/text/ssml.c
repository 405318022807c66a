#include "common/text/ssml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/text/ssml_entities.h"
#include "common/text/ssml_internal.h"
#include "common/utf8.h"

#define ROOT "<speak>"
#define ROOT_END "</speak>"
#define BOM "\xef\xbb\xbf"

size_t
ssml_byte(const struct ssml_reader *r)
{
	XML_Index at = XML_GetCurrentByteIndex(r->parser);
	size_t byte = r->skipped;

	if (at > (XML_Index)r->before)
		byte += (size_t)at - r->before;
	return byte < r->len ? byte : r->len;
}

size_t
ssml_char(struct ssml_reader *r, size_t byte)
{
	if (byte > r->at_byte) {
		r->at_char +=
		    utf8_length(r->text + r->at_byte, byte - r->at_byte);
		r->at_byte = byte;
	}
	return r->at_char;
}

void
ssml_stop(struct ssml_reader *r, int rc)
{
	if (r->rc == 0)
		r->rc = rc;
	XML_StopParser(r->parser, XML_FALSE);
}

static void
ssml_place_error(struct ssml_reader *r)
{
	size_t byte = ssml_byte(r), i, line_start = 0;

	r->e->line = 1;
	for (i = 0; i < byte; i++)
		if (r->text[i] == '\n') {
			r->e->line++;
			line_start = i + 1;
		}
	r->e->column = utf8_length(r->text + line_start, byte - line_start) + 1;
}

void
ssml_fail(struct ssml_reader *r, const char *fmt, ...)
{
	va_list ap;

	if (r->rc < 0)
		return;
	ssml_place_error(r);
	va_start(ap, fmt);
	vsnprintf(r->e->text, sizeof(r->e->text), fmt, ap);
	va_end(ap);
	ssml_stop(r, ERR_INVALID);
}

char *
ssml_copy(struct ssml_reader *r, const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy == NULL) {
		ssml_stop(r, ERR_NOMEM);
		return NULL;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

static int
ssml_reserve(struct ssml *s)
{
	size_t cap = s->cap ? s->cap * 2 : 16;
	struct ssml_item *items;

	if (s->count < s->cap)
		return 0;
	items = realloc(s->items, cap * sizeof(*items));
	if (items == NULL)
		return ERR_NOMEM;
	s->items = items;
	s->cap = cap;
	return 0;
}

/* Gives a text that is as in the source its copy, when it is at its end. */
static void
ssml_seal(struct ssml_reader *r)
{
	size_t len = r->run_end - r->run_begin;
	struct ssml_item *item;

	if (r->run_end == 0)
		return;
	r->run_end = 0;
	item = &r->out->items[r->out->count - 1];
	free(item->text);
	item->text = ssml_copy(r, r->text + r->run_begin, len);
	item->len = item->text ? len : 0;
}

struct ssml_item *
ssml_add(
    struct ssml_reader *r, enum ssml_kind kind, const char *text, size_t len)
{
	struct ssml_item *item;
	char *copy;

	ssml_seal(r);
	if (r->rc < 0)
		return NULL;
	copy = ssml_copy(r, text, len);
	if (copy == NULL)
		return NULL;
	if (ssml_reserve(r->out) < 0) {
		free(copy);
		ssml_stop(r, ERR_NOMEM);
		return NULL;
	}
	item = &r->out->items[r->out->count++];
	*item = (struct ssml_item){ .kind = kind, .text = copy, .len = len };
	item->offset = ssml_char(r, ssml_byte(r));
	return item;
}

/* Bytes of the source that a piece of text is written with. What the parser
 * says of a reference to an entity differs between its versions. */
static size_t
ssml_text_bytes(const struct ssml_reader *r, size_t byte)
{
	int count = XML_GetCurrentByteCount(r->parser);

	if (r->text[byte] == '&' && !r->in_cdata)
		return strcspn(r->text + byte, ";") + 1;
	if (count < 0 || (size_t)count > r->len - byte)
		return r->len - byte;
	return (size_t)count;
}

/* Goes on with a text that the parser hands over line by line. */
static bool
ssml_extend(struct ssml_reader *r, size_t byte, size_t bytes)
{
	if (r->run_end == 0 || r->run_end != byte)
		return false;
	r->run_end += bytes;
	r->out->items[r->out->count - 1].length +=
	    utf8_length(r->text + byte, bytes);
	return true;
}

static void
ssml_on_text(void *reader, const char *text, int len)
{
	struct ssml_reader *r = reader;
	size_t byte = ssml_byte(r), bytes = ssml_text_bytes(r, byte);
	struct ssml_item *item;
	bool exact;

	if (r->silent > 0 || r->in_sub || len <= 0 || r->rc < 0)
		return;
	exact =
	    bytes == (size_t)len && memcmp(r->text + byte, text, bytes) == 0;
	if (exact && ssml_extend(r, byte, bytes))
		return;
	item = ssml_add(r, SSML_TEXT, text, exact ? 0 : (size_t)len);
	if (item == NULL)
		return;
	item->exact = exact;
	item->length = utf8_length(r->text + byte, bytes);
	if (exact) {
		r->run_begin = byte;
		r->run_end = byte + bytes;
	}
}

static void
ssml_on_cdata(void *reader)
{
	((struct ssml_reader *)reader)->in_cdata = true;
}

static void
ssml_on_cdata_end(void *reader)
{
	((struct ssml_reader *)reader)->in_cdata = false;
}

static size_t
ssml_skip_to(const char *s, const char *begin, const char *end)
{
	const char *found;

	if (strncmp(s, begin, strlen(begin)) != 0)
		return 0;
	found = strstr(s + strlen(begin), end);
	return found ? (size_t)(found - s) + strlen(end) : 0;
}

/* Bytes of what stands before the document itself: an XML declaration, whose
 * encoding no longer holds, comments, and a DOCTYPE, which the parser has
 * from us. */
static size_t
ssml_skip_prolog(const char *text)
{
	const char *s = text;
	size_t n;

	s += strncmp(s, BOM, strlen(BOM)) == 0 ? strlen(BOM) : 0;
	do {
		n = strspn(s, " \t\r\n");
		if (n == 0)
			n = ssml_skip_to(s, "<?", "?>");
		if (n == 0)
			n = ssml_skip_to(s, "<!--", "-->");
		if (n == 0 && s[strcspn(s, "[>")] == '>')
			n = ssml_skip_to(s, "<!DOCTYPE", ">");
		s += n;
	} while (n > 0);
	return (size_t)(s - text);
}

static bool
ssml_give(struct ssml_reader *r, const char *text, size_t len, bool last)
{
	return XML_Parse(r->parser, text, (int)len, last) == XML_STATUS_OK;
}

static bool
ssml_give_all(struct ssml_reader *r)
{
	const char *source = r->text + r->skipped;
	bool has_root = strncmp(source, "<speak", 6) == 0;

	r->before = strlen(ssml_entities);
	if (!ssml_give(r, ssml_entities, r->before, false))
		return false;
	if (!has_root) {
		r->before += strlen(ROOT);
		if (!ssml_give(r, ROOT, strlen(ROOT), false))
			return false;
	}
	if (!ssml_give(r, source, r->len - r->skipped, has_root))
		return false;
	return has_root || ssml_give(r, ROOT_END, strlen(ROOT_END), true);
}

static void
ssml_parse(struct ssml_reader *r)
{
	enum XML_Error error;

	if (ssml_give_all(r) || r->rc < 0)
		return;
	error = XML_GetErrorCode(r->parser);
	if (error == XML_ERROR_NO_MEMORY)
		ssml_stop(r, ERR_NOMEM);
	else if (strncmp(r->text + r->skipped, "<!DOCTYPE", 9) == 0)
		ssml_fail(r, "a DOCTYPE may not declare anything");
	else if (error == XML_ERROR_NO_ELEMENTS)
		ssml_fail(r, "an element is not closed");
	else
		ssml_fail(r, "%s", XML_ErrorString(error));
}

int
ssml_read(const char *text, size_t len, struct ssml *out, struct ssml_error *e)
{
	struct ssml_reader r = { .out = out, .e = e, .text = text, .len = len };

	*out = (struct ssml){ 0 };
	*e = (struct ssml_error){ 0 };
	r.skipped = ssml_skip_prolog(text);
	r.parser = XML_ParserCreate("UTF-8");
	if (r.parser == NULL)
		return ERR_NOMEM;
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, ssml_on_open, ssml_on_close);
	XML_SetCharacterDataHandler(r.parser, ssml_on_text);
	XML_SetCdataSectionHandler(r.parser, ssml_on_cdata, ssml_on_cdata_end);
	ssml_parse(&r);
	ssml_seal(&r);
	XML_ParserFree(r.parser);
	if (r.rc < 0)
		ssml_done(out);
	return r.rc;
}

void
ssml_done(struct ssml *s)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		free(s->items[i].text);
		free(s->items[i].language);
		free(s->items[i].alphabet);
	}
	free(s->items);
	*s = (struct ssml){ 0 };
}
