#include "streamer-supervisor/picture/director/wording.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

static const json_t *
part_of(const json_t *started, json_int_t part)
{
	const json_t *texts = json_object_get(started, "texts");

	if (part < 0 || !json_is_array(texts))
		return part == 0 ? started : NULL;
	return json_array_get(texts, (size_t)part);
}

/* ---- SSML ------------------------------------------------------------- */

static const struct {
	const char *name, *text;
} entities[] = {
	{ "&amp;", "&" },
	{ "&lt;", "<" },
	{ "&gt;", ">" },
	{ "&quot;", "\"" },
	{ "&apos;", "'" },
};

/* Elements at which a word ends. */
static const char *const breaks[] = { "p", "s", "break", "audio" };

struct stripping {
	const char *at, *end; /* of the SSML, which ends in a NUL */
	size_t passed;        /* characters */
	char *out;            /* not longer than the SSML */
	size_t len, written;  /* bytes, characters */
};

static void
strip_put(struct stripping *s, const char *text, size_t len)
{
	bool blank = len == 1 && strchr(" \t\r\n", *text);

	if (blank && (s->len == 0 || s->out[s->len - 1] == ' '))
		return;
	memcpy(s->out + s->len, blank ? " " : text, len);
	s->len += len;
	s->written++;
}

static bool
breaks_words(const char *tag, size_t len)
{
	size_t i, n;

	tag += *tag == '/';
	for (i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		n = strlen(breaks[i]);
		if (n < len && memcmp(tag, breaks[i], n) == 0 &&
		    strchr(" \t\r\n/>", tag[n]))
			return true;
	}
	return false;
}

/* Passes over a tag or a comment; one without an end is the rest. */
static size_t
strip_tag(struct stripping *s)
{
	size_t left = (size_t)(s->end - s->at);
	bool comment = left > 4 && memcmp(s->at, "<!--", 4) == 0;
	const char *last = strstr(s->at, comment ? "-->" : ">");
	size_t len = last ? (size_t)(last - s->at) + (comment ? 3 : 1) : left;

	if (last && !comment && breaks_words(s->at + 1, len - 1))
		strip_put(s, " ", 1);
	return len;
}

static bool
is_character(unsigned long cp)
{
	return cp >= 0x20 && cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
}

/* "&#233;" or "&#xe9;" */
static size_t
strip_number(struct stripping *s)
{
	bool hex = s->at[2] == 'x';
	char *end, utf8[4];
	unsigned long cp = strtoul(s->at + 2 + hex, &end, hex ? 16 : 10);

	if (*end != ';' || !is_character(cp))
		return 0;
	strip_put(s, utf8, utf8_put((uint32_t)cp, utf8));
	return (size_t)(end - s->at) + 1;
}

/* Returns the length of an entity, whose text is put; 0: it is none. */
static size_t
strip_entity(struct stripping *s)
{
	size_t left = (size_t)(s->end - s->at), i, n;

	if (left > 3 && s->at[1] == '#')
		return strip_number(s);
	for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		n = strlen(entities[i].name);
		if (n > left || memcmp(s->at, entities[i].name, n) != 0)
			continue;
		strip_put(s, entities[i].text, 1);
		return n;
	}
	return 0;
}

/* Passes over what begins here: a tag, an entity or a character. */
static void
strip_one(struct stripping *s)
{
	size_t left = (size_t)(s->end - s->at), len = 0;
	uint32_t cp;

	if (*s->at == '<')
		len = strip_tag(s);
	else if (*s->at == '&')
		len = strip_entity(s);
	if (len == 0) {
		len = utf8_decode(s->at, left, &cp);
		len = len ? len : 1;
		strip_put(s, s->at, len);
	}
	s->passed += utf8_length(s->at, len);
	s->at += len;
}

/* Strips up to that character of the SSML; returns how many there are by then.
 */
static size_t
strip_to(struct stripping *s, size_t character)
{
	while (s->at < s->end && s->passed < character)
		strip_one(s);
	return s->written;
}

static struct wording
strip(const json_t *ssml, size_t from, size_t to)
{
	const char *text = json_string_value(ssml);
	size_t len = json_string_length(ssml);
	struct stripping s = { .at = text, .end = text + len };
	struct wording w = { 0 };

	s.out = malloc(len + 1);
	if (s.out == NULL)
		return w;
	w.from = strip_to(&s, from);
	w.to = strip_to(&s, to);
	strip_to(&s, SIZE_MAX);
	if (s.len > 0 && s.out[s.len - 1] == ' ')
		s.len--;
	w.text = json_stringn(s.out, s.len);
	free(s.out);
	return w;
}

struct wording
wording_of(const json_t *started, json_int_t part, size_t offset, size_t length)
{
	const json_t *said = part_of(started, part);
	json_t *text = json_object_get(said, "text");

	if (!json_is_string(text))
		return (struct wording){ 0 };
	if (json_is_true(json_object_get(said, "ssml")))
		return strip(text, offset, offset + length);
	return (struct wording){ json_incref(text), offset, offset + length };
}
