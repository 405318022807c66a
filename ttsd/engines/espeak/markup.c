#include "ttsd/engines/espeak/markup.h"

#include <ctype.h>
#include <string.h>

#include "common/err.h"
#include "common/text/clause.h"
#include "common/text/fold.h"
#include "common/utf8.h"
#include "ttsd/engines/espeak/digits.h"
#include "ttsd/engines/espeak/marks.h"
#include "ttsd/engines/espeak/reading.h"
#include "ttsd/engines/espeak/voice.h"

#define CHINESE_STOP "\u3002"

void
markup_begin(struct markup *m, const struct ssml *ssml, struct choice voice)
{
	*m = (struct markup){ .ssml = ssml, .voices = { voice } };
}

static int
put_tag(struct spoken *s, const char *tag, size_t len, size_t offset)
{
	return spoken_put(s, tag, len, (struct spoken_origin){ offset, 0 });
}

/* Puts "</prosody>" for "<prosody rate="50%">". */
static int
put_closing(struct spoken *s, const char *tag, size_t offset)
{
	int rc = put_tag(s, "</", 2, offset);

	if (rc == 0)
		rc = put_tag(s, tag + 1, strcspn(tag + 1, " >"), offset);
	return rc < 0 ? rc : put_tag(s, ">", 1, offset);
}

/* Puts the text with its forms folded. A character that is written as an
 * entity, or spoken for others, comes from all that it is written with. */
static int
fold_item(struct spoken *s, const struct ssml_item *item)
{
	struct spoken_origin origin = { item->offset, item->length };
	char folded[FOLD_BYTES];
	uint32_t before = 0;
	size_t at, n, len;
	int rc = 0;

	for (at = 0; rc == 0; at += n) {
		n = fold_at(
		    item->text + at, item->len - at, &before, folded, &len);
		if (n == 0)
			break;
		if (item->exact)
			origin.length = utf8_length(item->text + at, n);
		rc = spoken_put(s, folded, len, origin);
		if (item->exact)
			origin.offset += origin.length;
	}
	return rc;
}

/* Returns what a character is given to the library as; NULL: as it is. A full
 * stop that follows on phonemes is said as "dot" there, but for the Chinese
 * one, which ends a sentence in all languages. */
static const char *
written_as(const char *c, bool after_phonemes)
{
	if (*c == '&')
		return "&amp;";
	if (*c == '<')
		return "&lt;";
	if (*c == '.' && after_phonemes && !isalnum((unsigned char)c[1]))
		return CHINESE_STOP;
	return NULL;
}

/* Puts the text as XML. */
static int
put_xml(struct spoken *s, struct spoken *from, bool after_phonemes)
{
	size_t len, at = 0, i, n;
	const char *text = spoken_text(from, &len), *put;
	int rc = text ? 0 : ERR_NOMEM;

	for (i = 0; rc == 0 && i < from->count; i++, at += n) {
		n = utf8_decode(text + at, len - at, NULL);
		put = written_as(text + at, after_phonemes && i == 0);
		rc = spoken_put(s, put ? put : text + at, put ? strlen(put) : n,
		    from->chars[i]);
	}
	return rc;
}

static int
put_text(struct markup *m, struct spoken *out, const struct ssml_item *item)
{
	struct spoken folded, spelled;
	int rc = reading_check(item->text, item->len);

	spoken_init(&folded);
	spoken_init(&spelled);
	if (rc == 0)
		rc = fold_item(&folded, item);
	if (rc == 0)
		rc = digits_spell(&spelled, &folded);
	if (rc == 0)
		rc = put_xml(out, &spelled, m->after_phonemes);
	spoken_done(&folded);
	spoken_done(&spelled);
	m->ended_clause = clause_ends(item->text, item->len);
	m->after_phonemes = false;
	return rc;
}

/* "[[" and "]]" around phonemes cannot be in them, nor what XML escapes. */
bool
markup_can_speak(const struct ssml_item *phoneme)
{
	const char *s = phoneme->text;

	if (phoneme->alphabet == NULL ||
	    strcmp(phoneme->alphabet, MARKUP_ALPHABET) != 0)
		return false;
	for (; *s; s++)
		if (*s < ' ' || *s > '~' || strchr("[]<>&", *s))
			return false;
	return true;
}

/* All of the phonemes come from all of the text that they are spoken for. The
 * library leaves them out behind a parenthesis or a quotation mark, and speaks
 * the sign or the tag behind them, unless blanks are between. */
static int
put_phonemes(struct spoken *s, const struct ssml_item *item)
{
	struct spoken_origin origin = { item->offset, item->length };
	int rc = spoken_put(s, " [[", 3, origin);

	if (rc == 0)
		rc = spoken_put(s, item->text, item->len, origin);
	return rc < 0 ? rc : spoken_put(s, "]] ", 3, origin);
}

static bool
item_is_blank(const struct ssml_item *item)
{
	return strspn(item->text, " \t\r\n") == item->len;
}

/* Does it close what ends with a pause? */
static bool
item_ends_clause(const struct ssml_item *close)
{
	return strcmp(close->text, "</p>") == 0 ||
	       strcmp(close->text, "</s>") == 0;
}

static void
markup_open_voice(struct markup *m, const struct ssml_item *item)
{
	struct choice voice = m->voices[m->voice];
	bool changes = !choice_stays(item->text, item->language);

	if (changes)
		voice = choice_change(voice, item->text, item->language);
	m->voice++;
	m->voices[m->voice] = voice;
	m->changed[m->voice] = changes;
}

static void
markup_close_voice(struct markup *m)
{
	struct choice around = m->voices[m->voice - 1];

	if (m->changed[m->voice])
		voice_set(around.voice, around.language);
	m->voice--;
}

static void
stretch_has_text(const struct markup *m, struct markup_stretch *to)
{
	if (!to->has_text)
		to->joined = !m->ended_clause;
	to->has_text = true;
}

static int
markup_put_text(
    struct markup *m, struct markup_stretch *to, const struct ssml_item *item)
{
	if (m->spoken_for > 0)
		return 0;
	if (item_is_blank(item))
		return spoken_put(&to->spoken, " ", 1,
		    (struct spoken_origin){ item->offset, 0 });
	stretch_has_text(m, to);
	return put_text(m, &to->spoken, item);
}

static int
markup_open_phoneme(
    struct markup *m, struct markup_stretch *to, const struct ssml_item *item)
{
	if (m->spoken_for > 0)
		m->spoken_for++;
	if (m->spoken_for > 0 || !markup_can_speak(item))
		return 0;
	stretch_has_text(m, to);
	m->spoken_for = 1;
	m->after_phonemes = true;
	m->ended_clause = false;
	return put_phonemes(&to->spoken, item);
}

static int
markup_put(
    struct markup *m, struct markup_stretch *to, const struct ssml_item *item)
{
	switch (item->kind) {
	case SSML_TEXT:
		return markup_put_text(m, to, item);
	case SSML_MARK:
		return marks_add(to->spoken.count, item->text);
	case SSML_VOICE:
		markup_open_voice(m, item);
		return 0;
	case SSML_VOICE_END:
		markup_close_voice(m);
		return 0;
	case SSML_PHONEME:
		return markup_open_phoneme(m, to, item);
	case SSML_PHONEME_END:
		m->spoken_for -= m->spoken_for > 0;
		return 0;
	case SSML_OPEN:
		m->tags[m->tag_count++] = item;
		return put_tag(
		    &to->spoken, item->text, item->len, item->offset);
	case SSML_CLOSE:
		m->tag_count--;
		m->ended_clause |= item_ends_clause(item);
		return put_tag(
		    &to->spoken, item->text, item->len, item->offset);
	default:
		return 0;
	}
}

/* Opens the tags that are open where the stretch begins. */
static int
stretch_begin(const struct markup *m, struct markup_stretch *to, size_t offset)
{
	size_t i;
	int rc = 0;

	spoken_clear(&to->spoken);
	marks_clear();
	to->has_text = to->joined = to->has_pause = false;
	to->pause_ms = 0;
	for (i = 0; rc == 0 && i < m->tag_count; i++)
		rc = put_tag(
		    &to->spoken, m->tags[i]->text, m->tags[i]->len, offset);
	return rc;
}

static int
stretch_end(const struct markup *m, struct markup_stretch *to, size_t offset)
{
	size_t i;
	int rc = 0;

	for (i = m->tag_count; rc == 0 && i-- > 0;)
		rc = put_closing(&to->spoken, m->tags[i]->text, offset);
	return rc;
}

/* Does somebody else speak from here on? */
static bool
changes_voice(const struct markup *m, const struct ssml_item *item)
{
	if (item->kind == SSML_VOICE)
		return !choice_stays(item->text, item->language);
	return item->kind == SSML_VOICE_END && m->changed[m->voice];
}

bool
markup_next(struct markup *m, struct markup_stretch *to, int *rc)
{
	const struct ssml_item *item = m->ssml->items + m->next;
	const struct ssml_item *end = m->ssml->items + m->ssml->count;
	size_t offset;

	*rc = 0;
	if (item == end)
		return false;
	offset = item->offset;
	*rc = stretch_begin(m, to, offset);
	for (; *rc == 0 && item < end && item->kind != SSML_BREAK; item++) {
		if (to->has_text && changes_voice(m, item))
			break;
		*rc = markup_put(m, to, item);
		offset = item->offset;
	}
	if (*rc == 0)
		*rc = stretch_end(m, to, offset);
	if (item < end && item->kind == SSML_BREAK) {
		to->has_pause = true;
		to->pause_ms = item->ms;
		item++;
	}
	m->next = (size_t)(item - m->ssml->items);
	return true;
}
