#include "ttsd/text/ssml_language.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "ttsd/text/script.h"

/* Characters are no longer than the references that they are written with. */
#define TEXT_MAX (1024 * 1024)

/* Puts the text that stands within no element that names a voice or a
 * language. */
static int
put_unnamed(struct buf *b, const struct ssml *s)
{
	size_t i, named = 0;
	int rc = 0;

	for (i = 0; rc == 0 && i < s->count; i++) {
		named += s->items[i].kind == SSML_VOICE;
		named -= s->items[i].kind == SSML_VOICE_END;
		if (s->items[i].kind == SSML_TEXT && named == 0)
			rc = buf_put(b, s->items[i].text, s->items[i].len);
	}
	return rc;
}

struct tally {
	const char *language;
	size_t chars;
};

/* Counts a run, and returns the tally of its language. A script is spoken in
 * one language, Han in one of two. */
static const struct tally *
count_run(struct tally tallies[SCRIPT_COUNT + 1], const char *text,
    const struct script_run *run)
{
	struct tally *t = tallies;

	while (t->language && strcmp(t->language, run->language) != 0 &&
	       t < tallies + SCRIPT_COUNT)
		t++;
	t->language = run->language;
	t->chars += utf8_length(text + run->offset, run->len);
	return t;
}

int
ssml_language(
    const struct ssml *s, const char *languages, char out[LANGUAGE_MAX + 1])
{
	struct tally tallies[SCRIPT_COUNT + 1] = { { NULL, 0 } };
	const struct tally *t, *most = &tallies[0];
	struct script_runs r = { NULL, 0 };
	const char *text;
	struct buf b;
	size_t i;
	int rc;

	out[0] = '\0';
	buf_init(&b, TEXT_MAX);
	rc = put_unnamed(&b, s);
	text = (const char *)buf_data(&b);
	if (rc == 0)
		rc = script_split(text, buf_len(&b), languages, &r);
	for (i = 0; i < r.count; i++) {
		t = count_run(tallies, text, &r.runs[i]);
		if (t->chars > most->chars)
			most = t;
	}
	if (most->language)
		snprintf(out, LANGUAGE_MAX + 1, "%s", most->language);
	script_runs_done(&r);
	buf_done(&b);
	return rc;
}
