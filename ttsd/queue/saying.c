#include "ttsd/queue/saying.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/utf8.h"

void
part_done(struct part *part)
{
	speech_done(&part->speech);
	segment_done(&part->segment);
}

bool
part_is_same(const struct part *a, const struct part *b)
{
	return a->engine == b->engine && a->pause_ms == b->pause_ms &&
	       (a->engine == NULL || speech_is_same(&a->speech, &b->speech));
}

struct saying *
saying_new(void)
{
	struct saying *s = calloc(1, sizeof(*s));

	return saying_hold(s);
}

struct saying *
saying_hold(struct saying *s)
{
	if (s)
		s->holders++;
	return s;
}

void
saying_release(struct saying *s)
{
	size_t i;

	if (s == NULL || --s->holders > 0)
		return;
	for (i = 0; i < s->part_count; i++)
		part_done(&s->parts[i]);
	free(s->parts);
	for (i = 0; i < s->text_count; i++) {
		free(s->texts[i].asked);
		ssml_spoken_done(&s->texts[i].spoken);
	}
	free(s->texts);
	free(s);
}

int
saying_add_text(struct saying *s, char *text)
{
	struct saying_text *texts =
	    realloc(s->texts, (s->text_count + 1) * sizeof(*texts));

	if (texts == NULL || text == NULL) {
		free(text);
		s->texts = texts ? texts : s->texts;
		return ERR_NOMEM;
	}
	s->texts = texts;
	s->texts[s->text_count] = (struct saying_text){ .asked = text };
	return (int)s->text_count++;
}

int
saying_add_part(struct saying *s, struct part *part)
{
	int rc = s->part_count >= PARTS_MAX ? ERR_FULL : 0;
	struct part *parts = NULL;

	if (rc == 0) {
		parts = realloc(s->parts, (s->part_count + 1) * sizeof(*parts));
		rc = parts ? 0 : ERR_NOMEM;
	}
	if (rc < 0) {
		part_done(part);
		return rc;
	}
	s->parts = parts;
	s->parts[s->part_count++] = *part;
	return 0;
}

bool
saying_is_same(const struct saying *a, const struct saying *b)
{
	size_t i;

	if (a == b)
		return true;
	if (a->part_count != b->part_count)
		return false;
	for (i = 0; i < a->part_count; i++)
		if (!part_is_same(&a->parts[i], &b->parts[i]))
			return false;
	return true;
}

/* ---- its words -------------------------------------------------------- */

static void
add_place(json_t **body, const char *offset, const char *length,
    struct textmap_span span)
{
	body_put(body, offset, json_integer((json_int_t)span.offset));
	body_put(body, length, json_integer((json_int_t)span.length));
}

void
saying_add_word(
    const struct saying *s, size_t part, const json_t *mark, json_t **body)
{
	const struct part *of = &s->parts[part];
	const struct saying_text *source = &s->texts[of->source];
	const char *text;
	size_t len, from, to;
	int64_t offset = body_integer(mark, "offset", 0);
	int64_t length = body_integer(mark, "length", 0);
	struct textmap_span span = { (size_t)offset, (size_t)length };

	/* A clip stands in no text. */
	if (offset < 0 || length < 0 || of->source >= s->text_count)
		return;
	text = source->asked;
	len = strlen(text);
	span = segment_origin(&of->segment, span);
	from = utf8_offset(text, len, span.offset);
	to = from + utf8_offset(text + from, len - from, span.length);
	add_place(body, "offset", "length", span);
	if (source->spoken.text)
		add_place(body, "spoken_offset", "spoken_length",
		    ssml_spoken_place(&source->spoken, span));
	body_put(body, "text", json_stringn(text + from, to - from));
	if (s->text_count > 1)
		body_put(body, "part", json_integer((json_int_t)of->source));
}
