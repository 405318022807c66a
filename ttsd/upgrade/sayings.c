/* What announcements say. It is handed over as it was composed, and not
 * composed anew of the request: that would wait for engines to tell their
 * voices, and might become another sentence in the midst of one. */
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "ttsd/upgrade/estate.h"

/* ---- the way back to the text ----------------------------------------- */

static json_t *
textmap_save(const struct textmap *m)
{
	json_t *edits = json_array(), *o = json_object();
	const struct textmap_edit *e;
	size_t i;

	for (i = 0; i < m->count; i++) {
		e = &m->edits[i];
		body_append(&edits,
		    json_pack("[I, I, I, I]", (json_int_t)e->from.offset,
			(json_int_t)e->from.length, (json_int_t)e->to.offset,
			(json_int_t)e->to.length));
	}
	body_put(&o, "edits", edits);
	body_put(&o, "from", json_integer((json_int_t)m->from_length));
	body_put(&o, "to", json_integer((json_int_t)m->to_length));
	return o;
}

static size_t
size_at(const json_t *list, size_t i)
{
	return (size_t)json_integer_value(json_array_get(list, i));
}

static int
textmap_restore(struct textmap *m, const json_t *word)
{
	const json_t *edits = json_object_get(word, "edits"), *e;
	size_t i, n = json_array_size(edits);

	*m = (struct textmap){ .from_length = body_count(word, "from"),
		.to_length = body_count(word, "to") };
	if (n == 0)
		return 0;
	m->edits = calloc(n, sizeof(*m->edits));
	if (m->edits == NULL)
		return ERR_NOMEM;
	m->count = m->cap = n;
	for (i = 0; i < n; i++) {
		e = json_array_get(edits, i);
		m->edits[i] = (struct textmap_edit){
			.from = { size_at(e, 0), size_at(e, 1) },
			.to = { size_at(e, 2), size_at(e, 3) },
		};
	}
	return 0;
}

static json_t *
segment_save(const struct segment *s)
{
	json_t *o = json_object(), *maps = s->map_count ? json_array() : NULL;
	size_t i;

	for (i = 0; i < s->map_count; i++)
		body_append(&maps, textmap_save(&s->maps[i]));
	if (s->map_count > 0)
		body_put(&o, "maps", maps);
	if (s->language[0])
		body_put(&o, "language", json_string(s->language));
	word_put_number(&o, "offset", (int64_t)s->offset, 0);
	return o;
}

static int
segment_restore(struct segment *s, const json_t *word)
{
	const char *language = body_string(word, "language");
	const json_t *maps = json_object_get(word, "maps");
	size_t i, n = json_array_size(maps);
	int rc = 0;

	*s = (struct segment){ .offset = body_count(word, "offset") };
	if (n > SEGMENT_MAPS_MAX ||
	    (language && strlen(language) > LANGUAGE_MAX))
		return ERR_INVALID;
	if (language)
		memcpy(s->language, language, strlen(language));
	for (i = 0; i < n && rc == 0; i++) {
		rc = textmap_restore(&s->maps[i], json_array_get(maps, i));
		s->map_count++;
	}
	return rc;
}

/* ---- its parts -------------------------------------------------------- */

static json_t *
parameters_save(const struct speech_parameters *s)
{
	const struct speech_parameter *p;
	json_t *o = json_object();

	for (p = speech_parameters; p->name; p++)
		if (!p->is_text)
			word_put_number(
			    &o, p->name, speech_number(s, p), SPEECH_UNSET);
		else if (speech_text(s, p))
			body_put(&o, p->name, json_string(speech_text(s, p)));
	return o;
}

static int
parameters_restore(struct speech_parameters *s, const json_t *word)
{
	const struct speech_parameter *p;
	const char *text;
	char *copy;

	speech_parameters_unset(s);
	for (p = speech_parameters; p->name; p++) {
		text = body_string(word, p->name);
		copy = p->is_text && text ? strdup(text) : NULL;
		if (p->is_text && text && copy == NULL)
			return ERR_NOMEM;
		if (copy)
			speech_set_text(s, p, copy);
		else if (!p->is_text)
			speech_set_number(
			    s, p, body_integer(word, p->name, SPEECH_UNSET));
	}
	return 0;
}

json_t *
defaults_save(const struct speech_defaults *d)
{
	json_t *o = json_object();

	body_put(&o, "speech", parameters_save(&d->speech));
	body_put(&o, "voice_chosen", json_boolean(d->voice_chosen));
	return o;
}

int
defaults_restore(struct speech_defaults *d, const json_t *word)
{
	struct speech_parameters speech;
	int rc = parameters_restore(&speech, json_object_get(word, "speech"));

	if (rc < 0) {
		speech_parameters_done(&speech);
		return rc;
	}
	speech_parameters_done(&d->speech);
	d->speech = speech;
	d->voice_chosen = json_is_true(json_object_get(word, "voice_chosen"));
	return 0;
}

static json_t *
part_save(const struct part *part)
{
	json_t *o = json_object();

	word_put_number(&o, "pause_ms", (int64_t)part->pause_ms, 0);
	word_put_number(&o, "source", part->source, 0);
	word_put_flag(&o, "ssml", part->speech.ssml);
	word_put_flag(&o, "loop", part->speech.loop);
	if (part->engine == NULL)
		return o;
	body_put(&o, "engine", json_string(engine_name(part->engine)));
	if (part->speech.text)
		body_put(&o, "text", json_string(part->speech.text));
	body_put(&o, "speech", parameters_save(&part->speech.parameters));
	body_put(&o, "segment", segment_save(&part->segment));
	return o;
}

static int
part_restore_speech(
    struct estate *e, struct part *part, const json_t *word, const char *engine)
{
	const char *text = body_string(word, "text");
	int rc = 0;

	part->engine = e->engine(e, engine);
	if (part->engine == NULL)
		return estate_blame(e,
		    "engine '%.40s', which has something to say, is not in "
		    "the configuration; try again when that is said, or "
		    "cancel it",
		    engine);
	part->speech.ssml = json_is_true(json_object_get(word, "ssml"));
	part->speech.loop = json_is_true(json_object_get(word, "loop"));
	part->speech.text = text ? strdup(text) : NULL;
	if (text && part->speech.text == NULL)
		rc = ERR_NOMEM;
	if (rc == 0)
		rc = parameters_restore(
		    &part->speech.parameters, json_object_get(word, "speech"));
	if (rc == 0)
		rc = segment_restore(
		    &part->segment, json_object_get(word, "segment"));
	return rc;
}

static int
part_restore(struct estate *e, struct saying *s, const json_t *word)
{
	const char *engine = body_string(word, "engine");
	struct part part = { .pause_ms = body_count(word, "pause_ms"),
		.source = (unsigned)body_integer(word, "source", 0) };
	int rc = engine ? part_restore_speech(e, &part, word, engine) : 0;

	if (rc == 0)
		return saying_add_part(s, &part);
	part_done(&part);
	return rc;
}

/* ---- its texts -------------------------------------------------------- */

static json_t *
text_save(const struct saying_text *t)
{
	json_t *o = json_object();

	body_put(&o, "asked", json_string(t->asked));
	if (t->spoken.text) {
		body_put(&o, "spoken", json_string(t->spoken.text));
		body_put(&o, "map", textmap_save(&t->spoken.map));
	}
	return o;
}

static int
text_restore(struct saying *s, const json_t *word)
{
	const char *asked = body_string(word, "asked");
	const char *spoken = body_string(word, "spoken");
	struct ssml_spoken *to;
	int at;

	if (asked == NULL)
		return ERR_INVALID;
	at = saying_add_text(s, strdup(asked));
	if (at < 0 || spoken == NULL)
		return at < 0 ? at : 0;
	to = &s->texts[at].spoken;
	to->text = strdup(spoken);
	if (to->text == NULL)
		return ERR_NOMEM;
	return textmap_restore(&to->map, json_object_get(word, "map"));
}

json_t *
saying_save(const struct saying *s)
{
	json_t *o = json_object(), *texts = json_array(), *parts = json_array();
	size_t i;

	for (i = 0; i < s->text_count; i++)
		body_append(&texts, text_save(&s->texts[i]));
	for (i = 0; i < s->part_count; i++)
		body_append(&parts, part_save(&s->parts[i]));
	body_put(&o, "texts", texts);
	body_put(&o, "parts", parts);
	return o;
}

/* A part says which text it is of. */
static bool
sources_are_there(const struct saying *s)
{
	size_t i;

	for (i = 0; i < s->part_count; i++)
		if (s->parts[i].engine && s->text_count > 0 &&
		    s->parts[i].source >= s->text_count)
			return false;
	return true;
}

int
saying_restore(struct estate *e, struct saying *s, const json_t *word)
{
	const json_t *texts = json_object_get(word, "texts");
	const json_t *parts = json_object_get(word, "parts");
	size_t i;
	int rc = 0;

	for (i = 0; i < json_array_size(texts) && rc == 0; i++)
		rc = text_restore(s, json_array_get(texts, i));
	for (i = 0; i < json_array_size(parts) && rc == 0; i++)
		rc = part_restore(e, s, json_array_get(parts, i));
	if (rc == 0 && !sources_are_there(s))
		rc = ERR_INVALID;
	return rc;
}
