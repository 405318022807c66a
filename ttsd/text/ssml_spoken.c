#include "ttsd/text/ssml_spoken.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"

/* XML's. */
#define BLANKS " \t\r\n"

/* A document that is gone through. */
struct reading {
	const char *source;
	size_t len;
	size_t byte;      /* of the source, up to which it is read */
	bool parted;      /* a blank is due before what is spoken next */
	struct buf text;  /* what is spoken so far */
	struct rewrite r; /* the source, as if it were a rewrite of that */
};

/* Passes over what is not spoken. */
static int
pass_to(struct reading *d, size_t byte)
{
	const char *passed = d->source + d->byte;
	size_t len = byte - d->byte;
	bool blank = d->parted && buf_len(&d->text) > 0;
	int rc = blank ? buf_puts(&d->text, " ") : 0;

	d->parted = false;
	d->byte = byte;
	if (rc < 0 || (!blank && len == 0))
		return rc;
	if (blank && len == 1 && *passed == ' ')
		return rewrite_keep(&d->r, passed, len);
	return rewrite_replace(&d->r, " ", blank, passed, len);
}

/* Adds what is spoken of source[from] to source[to - 1]. */
static int
speak(struct reading *d, size_t from, size_t to, const char *text, size_t len)
{
	const char *source = d->source + from;
	int rc = pass_to(d, from);

	if (rc == 0)
		rc = buf_put(&d->text, text, len);
	if (rc < 0)
		return rc;
	d->byte = to;
	if (to - from == len && memcmp(source, text, len) == 0)
		return rewrite_keep(&d->r, text, len);
	return rewrite_replace(&d->r, text, len, source, to - from);
}

/* Adds what stands in the source as it is, word by word. */
static int
speak_words(struct reading *d, size_t from, const char *text, size_t len)
{
	size_t at, n;
	int rc = 0;

	for (at = 0; rc == 0 && at < len; at += n) {
		n = strspn(text + at, BLANKS);
		if (n > 0) {
			d->parted = true;
			continue;
		}
		n = strcspn(text + at, BLANKS);
		rc = speak(d, from + at, from + at + n, text + at, n);
	}
	return rc;
}

/* Returns the byte of the source at which a character begins that lies `ahead`
 * of a byte. */
static size_t
byte_ahead(const struct reading *d, size_t byte, size_t ahead)
{
	return byte + utf8_offset(d->source + byte, d->len - byte, ahead);
}

static int
read_text(struct reading *d, const struct ssml_item *item)
{
	size_t passed = d->r.map.to_length; /* characters */
	size_t from = byte_ahead(d, d->byte, item->offset - passed);
	size_t to = byte_ahead(d, from, item->length);

	if (item->exact)
		return speak_words(d, from, item->text, item->len);
	if (item->text[strspn(item->text, BLANKS)] != '\0')
		return speak(d, from, to, item->text, item->len);
	d->parted = true;
	return 0;
}

/* Does a word end there, whatever stands around it? */
static bool
parts_words(const struct ssml_item *item)
{
	static const char *const tags[] = { "<p>", "</p>", "<s>", "</s>" };
	size_t i;

	if (item->kind == SSML_BREAK)
		return true;
	if (item->kind != SSML_OPEN && item->kind != SSML_CLOSE)
		return false;
	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (strcmp(item->text, tags[i]) == 0)
			return true;
	return false;
}

static int
read_items(struct reading *d, const struct ssml *document)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < document->count; i++)
		if (document->items[i].kind == SSML_TEXT)
			rc = read_text(d, &document->items[i]);
		else if (parts_words(&document->items[i]))
			d->parted = true;
	return rc;
}

int
ssml_spoken_read(
    const struct ssml *document, const char *source, struct ssml_spoken *out)
{
	struct reading d = { .source = source, .len = strlen(source) };
	int rc;

	*out = (struct ssml_spoken){ NULL };
	/* Nothing is spoken that is longer than what it is written with. */
	buf_init(&d.text, d.len + 1);
	rewrite_init(&d.r, d.len);
	rc = read_items(&d, document);
	if (rc == 0)
		rc = buf_put(&d.text, "", 1);
	if (rc == 0)
		out->text = strdup((const char *)buf_data(&d.text));
	if (out->text) {
		out->map = d.r.map;
		d.r.map = (struct textmap){ 0 };
	}
	buf_done(&d.text);
	rewrite_done(&d.r);
	return out->text ? 0 : ERR_NOMEM;
}

void
ssml_spoken_done(struct ssml_spoken *s)
{
	free(s->text);
	textmap_done(&s->map);
	*s = (struct ssml_spoken){ NULL };
}

struct textmap_span
ssml_spoken_place(const struct ssml_spoken *s, struct textmap_span span)
{
	return textmap_origin(&s->map, span);
}
