#include "ttsd/queue/saying.h"

#include <stdlib.h>

#include "common/err.h"

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
