#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/text/ssml_internal.h"

#define TAG_MAX 1024
/* Bytes of an attribute in a tag that is handed on. */
#define VALUE_MAX 64
#define KEPT_MAX 4
#define XML_LANG "xml:lang"

static const struct kind {
	const char *name;
	enum ssml_role role;
	bool bare;                  /* says something without attributes, too */
	const char *kept[KEPT_MAX]; /* attributes of a tag */
} elements[] = {
	{ .name = "audio", .role = ROLE_SPOKEN },
	{ .name = "break", .role = ROLE_BREAK },
	{ .name = "desc", .role = ROLE_SILENT },
	{ .name = "emphasis",
	    .role = ROLE_TAG,
	    .bare = true,
	    .kept = { "level" } },
	{ .name = "lang", .role = ROLE_SPOKEN },
	{ .name = "lexicon", .role = ROLE_SILENT },
	{ .name = "lookup", .role = ROLE_SPOKEN },
	{ .name = "mark", .role = ROLE_MARK },
	{ .name = "meta", .role = ROLE_SILENT },
	{ .name = "metadata", .role = ROLE_SILENT },
	{ .name = "p", .role = ROLE_TAG, .bare = true },
	{ .name = "phoneme", .role = ROLE_PHONEME },
	{ .name = "prosody",
	    .role = ROLE_TAG,
	    .kept = { "pitch", "range", "rate", "volume" } },
	{ .name = "s", .role = ROLE_TAG, .bare = true },
	{ .name = "say-as",
	    .role = ROLE_TAG,
	    .kept = { "detail", "format", "interpret-as" } },
	{ .name = "speak", .role = ROLE_SPOKEN },
	{ .name = "sub", .role = ROLE_SUB },
	{ .name = "token", .role = ROLE_SPOKEN },
	{ .name = "voice",
	    .role = ROLE_TAG,
	    .kept = { "age", "gender", "variant" } },
	{ .name = "w", .role = ROLE_SPOKEN },
};

static const struct {
	const char *name;
	unsigned ms;
} strengths[] = {
	{ "none", 0 },
	{ "x-weak", 100 },
	{ "weak", 200 },
	{ "medium", 400 },
	{ "strong", 700 },
	{ "x-strong", 1000 },
};

#define STRENGTH_COUNT (sizeof(strengths) / sizeof(strengths[0]))
#define DEFAULT_STRENGTH "medium"

static const char *
attribute_find(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

/* Reads "1.5s" or "300ms". Returns false for anything else, and for what is too
 * long. */
static bool
parse_time(const char *s, unsigned *ms)
{
	double value = 0, place = 0.1;
	bool digits = false;

	s += *s == '+';
	for (; *s >= '0' && *s <= '9'; s++, digits = true)
		if ((value = value * 10 + (*s - '0')) > SSML_PAUSES_MAX_MS)
			return false;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++, digits = true) {
			value += place * (*s - '0');
			place /= 10;
		}
	if (strcmp(s, "s") == 0)
		value *= 1000;
	else if (strcmp(s, "ms") != 0)
		return false;
	*ms = (unsigned)(value + 0.5);
	return digits && value <= SSML_PAUSES_MAX_MS;
}

static bool
parse_strength(const char *s, unsigned *ms)
{
	size_t i;

	for (i = 0; i < STRENGTH_COUNT; i++)
		if (strcmp(s, strengths[i].name) == 0) {
			*ms = strengths[i].ms;
			return true;
		}
	return false;
}

static void
open_break(struct ssml_reader *r, const char **attributes)
{
	const char *time = attribute_find(attributes, "time");
	const char *strength = attribute_find(attributes, "strength");
	struct ssml_item *item;
	unsigned ms = 0;

	if (time && !parse_time(time, &ms)) {
		ssml_fail(r, "<break time> is like \"1.5s\" or \"300ms\", up "
			     "to 600 s");
		return;
	}
	if (time == NULL &&
	    !parse_strength(strength ? strength : DEFAULT_STRENGTH, &ms)) {
		ssml_fail(r, "<break strength> is none, x-weak, weak, medium, "
			     "strong or x-strong");
		return;
	}
	r->silence_ms += ms;
	if (r->silence_ms > SSML_PAUSES_MAX_MS) {
		ssml_fail(r, "the pauses are longer than 600 s in all");
		return;
	}
	item = ssml_add(r, SSML_BREAK, "", 0);
	if (item)
		item->ms = ms;
}

static void
open_mark(struct ssml_reader *r, const char **attributes)
{
	const char *name = attribute_find(attributes, "name");

	if (name == NULL || name[0] == '\0')
		ssml_fail(r, "<mark> has no name");
	else if (strlen(name) > SSML_NAME_MAX)
		ssml_fail(r, "the name of a <mark> has more than %d bytes",
		    SSML_NAME_MAX);
	else
		ssml_add(r, SSML_MARK, name, strlen(name));
}

/* Has the alias spoken for what is in the element. */
static void
open_sub(struct ssml_reader *r, const char **attributes)
{
	const char *alias = attribute_find(attributes, "alias");
	size_t byte = ssml_byte(r), tag;
	struct ssml_item *item;

	if (alias == NULL) {
		ssml_fail(r, "<sub> has no alias");
		return;
	}
	r->in_sub = true;
	r->sub = r->out->count;
	item = alias[0] ? ssml_add(r, SSML_TEXT, alias, strlen(alias)) : NULL;
	if (item == NULL)
		return;
	tag = (size_t)XML_GetCurrentByteCount(r->parser);
	if (r->text[byte + tag - 2] == '/') { /* nothing is in it */
		item->length = ssml_char(r, byte + tag) - item->offset;
		return;
	}
	item->offset = ssml_char(r, byte + tag);
}

static void
close_sub(struct ssml_reader *r)
{
	size_t end = ssml_char(r, ssml_byte(r));
	struct ssml_item *item;

	r->in_sub = false;
	if (r->sub == r->out->count)
		return;
	item = &r->out->items[r->sub];
	if (item->kind == SSML_TEXT && item->length == 0)
		item->length = end - item->offset;
}

static void
open_phoneme(struct ssml_reader *r, struct ssml_element *element,
    const char **attributes)
{
	const char *ph = attribute_find(attributes, "ph");
	const char *alphabet = attribute_find(attributes, "alphabet");
	struct ssml_item *item;

	if (ph == NULL || ph[0] == '\0')
		return;
	element->phoneme = r->out->count;
	item = ssml_add(r, SSML_PHONEME, ph, strlen(ph));
	if (item == NULL)
		return;
	element->has_phoneme = true;
	if (alphabet)
		item->alphabet = ssml_copy(r, alphabet, strlen(alphabet));
	item->offset = ssml_char(
	    r, ssml_byte(r) + (size_t)XML_GetCurrentByteCount(r->parser));
}

/* Its place is that of the text in it. */
static void
close_phoneme(struct ssml_reader *r, const struct ssml_element *element)
{
	struct ssml_item *item = &r->out->items[element->phoneme];
	size_t end = ssml_char(r, ssml_byte(r));

	item->length = end > item->offset ? end - item->offset : 0;
	ssml_add(r, SSML_PHONEME_END, "", 0);
}

static int
put_value(struct buf *b, const char *s)
{
	int rc = 0;

	for (; rc == 0 && *s; s++) {
		if (strchr("<>&\"", *s))
			rc = buf_putf(b, "&#%d;", *s);
		else
			rc = buf_put(b, s, 1);
	}
	return rc;
}

static int
put_attributes(struct buf *b, const struct kind *kind, const char **attributes)
{
	const char *value;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < KEPT_MAX && kind->kept[i]; i++) {
		value = attribute_find(attributes, kind->kept[i]);
		if (value == NULL)
			continue;
		if (strlen(value) > VALUE_MAX)
			return ERR_FULL;
		rc = buf_putf(b, " %s=\"", kind->kept[i]);
		if (rc == 0)
			rc = put_value(b, value);
		if (rc == 0)
			rc = buf_puts(b, "\"");
	}
	return rc;
}

/* Adds a tag with the attributes that engines know; one that says nothing
 * without them is left out. */
static void
open_tag(struct ssml_reader *r, struct ssml_element *element,
    const struct kind *kind, const char **attributes)
{
	size_t bare;
	struct buf b;
	int rc;

	buf_init(&b, TAG_MAX);
	rc = buf_putf(&b, "<%s", kind->name);
	bare = buf_len(&b);
	if (rc == 0)
		rc = put_attributes(&b, kind, attributes);
	element->has_tag = kind->bare || buf_len(&b) > bare;
	if (rc == 0)
		rc = buf_puts(&b, ">");
	if (rc == ERR_FULL)
		ssml_fail(r, "the value of an attribute is too long");
	else if (rc < 0)
		ssml_stop(r, rc);
	else if (element->has_tag)
		ssml_add(r, SSML_OPEN, (const char *)buf_data(&b), buf_len(&b));
	buf_done(&b);
}

/* Adds a voice for an element that names one, or a language, or both. */
static void
open_voice(struct ssml_reader *r, struct ssml_element *element,
    const char *name, const char **attributes)
{
	const char *language = attribute_find(attributes, XML_LANG);
	const char *voice = NULL;
	struct ssml_item *item;

	if (strcmp(name, "voice") == 0) {
		voice = attribute_find(attributes, "name");
		if (language == NULL)
			language = attribute_find(attributes, "languages");
	}
	if (voice == NULL && language == NULL)
		return;
	item = ssml_add(
	    r, SSML_VOICE, voice ? voice : "", voice ? strlen(voice) : 0);
	if (item == NULL)
		return;
	element->has_voice = true;
	/* The first of several. */
	if (language)
		item->language = ssml_copy(r, language, strcspn(language, " "));
}

static const struct kind *
find_element(const char *name)
{
	/* Somebody's own. */
	static const struct kind foreign = { .role = ROLE_SPOKEN };
	size_t i;

	if (strchr(name, ':'))
		return &foreign;
	for (i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (strcmp(name, elements[i].name) == 0)
			return &elements[i];
	return NULL;
}

static void
open_element(struct ssml_reader *r, struct ssml_element *element,
    const struct kind *kind, const char *name, const char **attributes)
{
	if (element->role == ROLE_SPOKEN || element->role == ROLE_TAG ||
	    element->role == ROLE_PHONEME)
		open_voice(r, element, name, attributes);
	switch (element->role) {
	case ROLE_SPOKEN:
		return;
	case ROLE_TAG:
		open_tag(r, element, kind, attributes);
		return;
	case ROLE_SILENT:
		r->silent++;
		return;
	case ROLE_MARK:
		open_mark(r, attributes);
		return;
	case ROLE_BREAK:
		open_break(r, attributes);
		return;
	case ROLE_SUB:
		open_sub(r, attributes);
		return;
	case ROLE_PHONEME:
		open_phoneme(r, element, attributes);
		return;
	}
}

void
ssml_on_open(void *reader, const char *name, const char **attributes)
{
	struct ssml_reader *r = reader;
	const struct kind *kind = find_element(name);
	struct ssml_element *element;

	if (r->rc < 0)
		return;
	if (r->depth == SSML_DEPTH_MAX) {
		ssml_fail(r, "more than %d elements within each other",
		    SSML_DEPTH_MAX);
		return;
	}
	if (r->depth == 0 && strcmp(name, "speak") != 0) {
		ssml_fail(r, "the document is not a <speak>");
		return;
	}
	if (kind == NULL && r->silent == 0) {
		ssml_fail(r, "SSML has no such element");
		return;
	}
	element = &r->open[r->depth++];
	*element = (struct ssml_element){ .role = ROLE_SPOKEN };
	/* Of what is not spoken, marks alone are told. */
	if (r->silent > 0 || (r->in_sub && kind->role != ROLE_MARK))
		return;
	element->role = kind->role;
	open_element(r, element, kind, name, attributes);
}

void
ssml_on_close(void *reader, const char *name)
{
	struct ssml_reader *r = reader;
	struct ssml_element *element;
	struct buf b;

	if (r->rc < 0)
		return;
	element = &r->open[--r->depth];
	if (element->role == ROLE_SILENT)
		r->silent--;
	if (element->role == ROLE_SUB)
		close_sub(r);
	if (element->has_phoneme)
		close_phoneme(r, element);
	if (element->has_tag) {
		buf_init(&b, TAG_MAX);
		if (buf_putf(&b, "</%s>", name) < 0)
			ssml_stop(r, ERR_NOMEM);
		ssml_add(
		    r, SSML_CLOSE, (const char *)buf_data(&b), buf_len(&b));
		buf_done(&b);
	}
	if (element->has_voice)
		ssml_add(r, SSML_VOICE_END, "", 0);
}
