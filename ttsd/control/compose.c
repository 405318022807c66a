#include "ttsd/control/compose.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/text/language.h"
#include "common/text/ssml.h"
#include "common/utf8.h"
#include "ttsd/text/ssml_language.h"

const char *const spellings[] = {
	[SPELL_ALL] = "all", [SPELL_CODES] = "codes", NULL
};

static const struct field part_fields[] = {
	{ .name = "text", .type = FIELD_STRING },
	{ .name = "ssml", .type = FIELD_STRING },
	{ .name = "clip", .type = FIELD_STRING },
	{ .name = "chime", .type = FIELD_STRING },
	{ .name = "pause_ms",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = PART_PAUSE_MAX_MS },
	SPEECH_FIELDS,
	{ .name = NULL },
};

/* Makes spaces of what word processors leave between lines and pages: VT, FF,
 * and U+0085, of two bytes. Engines and XML know none of them; the number of
 * characters stays. */
static void
blank_out(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\xc2' && text[1] == '\x85')
			text++;
		else if (*text != '\v' && *text != '\f') {
			*to++ = *text;
			continue;
		}
		*to++ = ' ';
	}
	*to = '\0';
}

/* Can the text be spoken? It is not empty and has no control characters. */
static bool
check_text(const char *text, struct reply *r)
{
	size_t len = strlen(text), n;
	bool blank = true;
	uint32_t cp;

	for (; len > 0; text += n, len -= n) {
		n = utf8_decode(text, len, &cp);
		if (utf8_is_control(cp)) {
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"text\" holds the control character U+%04X",
			    (unsigned)cp);
			return false;
		}
		blank = blank && (utf8_is_blank(cp) || cp == 0xfeff);
	}
	if (blank)
		reply_error(r, PROTO_BAD_REQUEST, "\"text\" is empty");
	return !blank;
}

/* Returns a field of the part, else of the whole request. */
static const char *
either(const struct composition *c, const json_t *part, const char *name)
{
	const char *own = body_string(part, name);

	return own ? own : body_string(c->body, name);
}

static bool
is_auto(const char *language)
{
	return language && strcmp(language, "auto") == 0;
}

static struct engine *
pick_engine(struct composition *c, const json_t *part)
{
	const char *name = either(c, part, "engine");
	struct engine *e = name ? ttsd_engine(c->t, name) : c->own->engine;

	if (e == NULL)
		reply_error(c->r, PROTO_UNKNOWN_ENGINE,
		    "there is no engine '%.40s'; 'engines' lists them", name);
	return e;
}

static bool
check_voice(struct composition *c, struct engine *e, const char *what,
    const char *voice, const char *language)
{
	c->later = ttsd_check_voice(e, what, voice, language, c->r) == OP_LATER;
	return !c->later && c->r->error == PROTO_OK;
}

/* Takes each number from the part, else from the whole request, else from the
 * channel. */
static void
compose_numbers(const struct composition *c, const json_t *part,
    struct speech_parameters *out)
{
	const struct speech_parameters *own = &c->own->speech;
	const struct speech_parameter *p;
	int64_t number;

	for (p = speech_parameters; p->name; p++) {
		if (p->is_text)
			continue;
		number = speech_number(own, p);
		number = body_integer(c->body, p->name, number);
		number = body_integer(part, p->name, number);
		speech_set_number(out, p, number);
	}
}

static bool
add_part(struct composition *c, struct part *part)
{
	int rc = saying_add_part(c->saying, part);

	if (rc == ERR_FULL)
		reply_error(c->r, PROTO_BAD_REQUEST,
		    "an announcement has at most %d parts", PARTS_MAX);
	else if (rc < 0)
		reply_no_memory(c->r);
	return rc == 0;
}

/* What one text is spoken with. */
struct manner {
	struct engine *engine;
	const char *voice, *language;
	const char *home; /* the language of `voice`, as far as it is known */
	bool any_engine;  /* the request asks for no engine */
	bool any_voice;   /* neither it nor the channel asks for a voice */
};

/* Gives a language to the engine and voice that a [language] section names for
 * it. Returns false when none is named, or the request asks for another. */
static bool
assign_speaker(
    const struct composition *c, struct manner *m, const char *language)
{
	const struct conf_language *l =
	    m->any_engine ? conf_language_find(&c->t->conf, language) : NULL;

	if (l == NULL)
		return false;
	if (l->engine[0])
		m->engine = ttsd_engine(c->t, l->engine);
	m->voice = l->voice[0] ? l->voice : NULL;
	m->language = language;
	return true;
}

static void
find_home(struct manner *m)
{
	m->home = m->voice ? engine_voice_language(m->engine, m->voice) : NULL;
	if (m->home == NULL)
		m->home = m->voice ? m->voice : "en";
}

/* Chooses what the text is spoken with. What the channel is set to does not
 * apply to another engine than the channel's, nor to another voice or language
 * than the channel's own. */
static bool
choose_manner(struct composition *c, const json_t *object, struct manner *m)
{
	const struct speech_defaults *own = c->own;

	m->engine = pick_engine(c, object);
	m->voice = either(c, object, "voice");
	m->language = either(c, object, "language");
	if (m->engine == NULL)
		return false;
	m->any_engine = either(c, object, "engine") == NULL;
	m->any_voice = m->voice == NULL;
	if (m->engine == own->engine && m->voice == NULL &&
	    !ttsd_is_language(m->language)) {
		m->voice = own->speech.voice;
		m->any_voice = !own->voice_chosen;
		if (m->language == NULL)
			m->language = own->speech.language;
	}
	if (m->any_voice && ttsd_is_language(m->language))
		assign_speaker(c, m, m->language);
	find_home(m);
	return check_voice(c, m->engine, "voice", m->voice,
	    ttsd_is_language(m->language) ? m->language : NULL);
}

/* Is a segment in another language than the voice's? */
static bool
is_foreign(const struct manner *m, const char *language)
{
	char theirs[LANGUAGE_MAX + 1], home[LANGUAGE_MAX + 1];
	size_t len = strcspn(m->home, "+"); /* a variant follows */

	return language_normalise(theirs, language, strlen(language)) &&
	       !(language_normalise(home, m->home, len) &&
		   language_is_same(theirs, home));
}

/* Chooses who speaks a segment of a text that was cut by language: the speaker
 * that is named for its language; else the engine's own voice for it, where
 * there is one; else the speaker of the rest. An engine that takes any voice
 * keeps the one it has, which may be a name that speaks all languages. */
static bool
choose_speaker(struct composition *c, struct manner *m, const char *language)
{
	bool foreign = is_foreign(m, language);

	if (language[0] == '\0')
		return true;
	if ((foreign || m->any_voice) && assign_speaker(c, m, language))
		return check_voice(c, m->engine, "voice", m->voice, NULL);
	if (foreign && engine_voice(m->engine, NULL, language) == VOICE_KNOWN) {
		if (!engine_takes_any_voice(m->engine))
			m->voice = NULL;
		m->language = language;
	}
	return true;
}

static bool
add_segment(struct composition *c, const json_t *object,
    const struct manner *whole, unsigned source, struct segment *segment)
{
	struct manner m = *whole;
	struct part part = { .source = source };
	struct speech_parameters *p = &part.speech.parameters;
	int rc;

	if (!choose_speaker(c, &m, segment->language))
		return false;
	part.engine = m.engine;
	rc = ttsd_copy_string(m.voice, &p->voice);
	if (rc == 0 && ttsd_is_language(m.language))
		rc = ttsd_copy_string(m.language, &p->language);
	if (rc < 0) {
		part_done(&part);
		reply_no_memory(c->r);
		return false;
	}
	compose_numbers(c, object, p);
	part.speech.text = segment->text;
	part.segment = *segment;
	part.segment.text = NULL;
	*segment = (struct segment){ 0 };
	return add_part(c, &part);
}

/* Keeps a text of the request, to be spoken or told of. Returns its number as a
 * source, negative with an error in c->r. */
static int
keep_text(struct composition *c, const json_t *object, const char *field)
{
	char *text = strdup(body_string(object, field));
	int source;

	if (text)
		blank_out(text);
	if (text && !check_text(text, c->r)) {
		free(text);
		return ERR_INVALID;
	}
	source = saying_add_text(c->saying, text);
	if (source < 0)
		reply_no_memory(c->r);
	return source;
}

static bool
add_text(struct composition *c, const json_t *object)
{
	const char *text, *spelling = either(c, object, "spell");
	struct segment_rules w = { .dictionary = c->t->dictionary };
	struct manner m;
	struct segments segments;
	int source = keep_text(c, object, "text"), rc;
	size_t i;

	if (source < 0 || !choose_manner(c, object, &m))
		return false;
	text = c->saying->texts[source].asked;
	w.language = ttsd_is_language(m.language) ? m.language : m.home;
	w.languages = is_auto(m.language) ? m.home : NULL;
	w.spelled = spelling != NULL;
	if (spelling)
		w.spell = (enum spell)word_index(spellings, spelling);
	rc = segment_text(&w, text, &segments);
	if (rc == ERR_NOMEM)
		reply_no_memory(c->r);
	else if (rc < 0)
		reply_error(c->r, PROTO_TOO_LONG,
		    "the text is too long when it is written out: %s",
		    err_text(rc));
	for (i = 0; rc == 0 && i < segments.count; i++)
		if (!add_segment(
			c, object, &m, (unsigned)source, &segments.items[i]))
			rc = ERR_INVALID;
	segments_done(&segments);
	return rc == 0;
}

/* Reads SSML, and refuses at once what is none, with its place. */
static bool
read_ssml(const char *text, struct reply *r, struct ssml *out)
{
	struct ssml_error e;
	int rc = ssml_read(text, strlen(text), out, &e);

	if (rc == ERR_INVALID)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"ssml\": line %lu, column %lu: %s", e.line, e.column,
		    e.text);
	else if (rc < 0)
		reply_no_memory(r);
	return rc == 0;
}

/* Adds a document whole: markup is the engine's, and nothing in it is cut or
 * replaced. */
static bool
add_document(struct composition *c, const json_t *object, int source,
    const struct ssml *document)
{
	struct saying_text *text = &c->saying->texts[source];
	struct segment segment = { .text = NULL };
	struct manner m;
	bool added;

	if (!choose_manner(c, object, &m))
		return false;
	segment.text = strdup(text->asked);
	if (segment.text == NULL ||
	    ssml_spoken_read(document, text->asked, &text->spoken) < 0 ||
	    (is_auto(m.language) &&
		ssml_language(document, m.home, segment.language) < 0)) {
		segment_done(&segment);
		reply_no_memory(c->r);
		return false;
	}
	added = add_segment(c, object, &m, (unsigned)source, &segment);
	segment_done(&segment);
	if (added)
		c->saying->parts[c->saying->part_count - 1].speech.ssml = true;
	return added;
}

static bool
add_ssml(struct composition *c, const json_t *object)
{
	struct ssml document;
	int source = keep_text(c, object, "ssml");
	bool added;

	if (source < 0 ||
	    !read_ssml(c->saying->texts[source].asked, c->r, &document))
		return false;
	added = add_document(c, object, source, &document);
	ssml_done(&document);
	return added;
}

static bool
add_clip(struct composition *c, const char *name)
{
	struct part part = { .engine = c->t->clips };

	if (!check_voice(c, c->t->clips, "clip", name, NULL)) {
		if (c->r->error)
			c->r->error = PROTO_NOT_FOUND;
		return false;
	}
	part.speech.text = strdup("");
	speech_parameters_unset(&part.speech.parameters);
	part.speech.parameters.voice = strdup(name);
	if (part.speech.text == NULL || part.speech.parameters.voice == NULL) {
		part_done(&part);
		reply_no_memory(c->r);
		return false;
	}
	return add_part(c, &part);
}

static bool
add_named_clip(struct composition *c, const json_t *object)
{
	return add_clip(c, body_string(object, "clip"));
}

static bool
add_chime(struct composition *c, const json_t *object)
{
	return add_clip(c, body_string(object, "chime"));
}

static bool
add_pause(struct composition *c, const json_t *object)
{
	struct part part = {
		.pause_ms = body_count(object, "pause_ms"),
	};

	return add_part(c, &part);
}

/* A part is of the kind whose field it has. */
static const struct {
	const char *field;
	bool (*add)(struct composition *c, const json_t *object);
} part_kinds[] = {
	{ "text", add_text },
	{ "ssml", add_ssml },
	{ "clip", add_named_clip },
	{ "chime", add_chime },
	{ "pause_ms", add_pause },
};

static bool
add_object(struct composition *c, json_t *object)
{
	bool (*add)(struct composition * c, const json_t *object) = NULL;
	size_t i, kinds = 0;

	if (!check_fields("a part", part_fields, object, c->r))
		return false;
	for (i = 0; i < sizeof(part_kinds) / sizeof(part_kinds[0]); i++)
		if (json_object_get(object, part_kinds[i].field)) {
			add = part_kinds[i].add;
			kinds++;
		}
	if (kinds == 1)
		return add(c, object);
	reply_error(c->r, PROTO_BAD_REQUEST,
	    "a part needs one of \"text\", "
	    "\"ssml\", \"clip\", \"chime\" or \"pause_ms\"");
	return false;
}

bool
compose_parts(struct composition *c)
{
	const json_t *parts = json_object_get(c->body, "parts");
	const char *text = body_string(c->body, "text");
	const char *ssml = body_string(c->body, "ssml");
	const char *chime = body_string(c->body, "chime");
	size_t i;

	if ((text != NULL) + (ssml != NULL) + (parts != NULL) != 1) {
		reply_error(c->r, PROTO_BAD_REQUEST, "\"%s\" needs one of %s",
		    c->what, c->kinds);
		return false;
	}
	if (chime && !add_clip(c, chime))
		return false;
	if (parts == NULL)
		return text ? add_text(c, c->body) : add_ssml(c, c->body);
	for (i = 0; i < json_array_size(parts); i++)
		if (!add_object(c, json_array_get(parts, i)))
			return false;
	return true;
}
