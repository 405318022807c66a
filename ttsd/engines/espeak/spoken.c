#include "ttsd/engines/espeak/spoken.h"

#include <stdlib.h>

#include "common/err.h"
#include "common/utf8.h"

/* A job's text is at most a frame, and a digit of it a word. */
#define SPOKEN_MAX (16 * 1024 * 1024)

void
spoken_init(struct spoken *s)
{
	*s = (struct spoken){ 0 };
	buf_init(&s->text, SPOKEN_MAX);
}

void
spoken_done(struct spoken *s)
{
	buf_done(&s->text);
	free(s->chars);
	*s = (struct spoken){ 0 };
}

void
spoken_clear(struct spoken *s)
{
	buf_clear(&s->text);
	s->count = 0;
}

static int
spoken_reserve(struct spoken *s, size_t count)
{
	size_t cap = s->cap ? s->cap : 256;
	struct spoken_origin *chars;

	if (s->cap - s->count >= count)
		return 0;
	while (cap - s->count < count)
		cap *= 2;
	chars = realloc(s->chars, cap * sizeof(*chars));
	if (chars == NULL)
		return ERR_NOMEM;
	s->chars = chars;
	s->cap = cap;
	return 0;
}

int
spoken_copy(struct spoken *s, const char *text, size_t len, size_t offset)
{
	size_t count = utf8_length(text, len), i;
	int rc = spoken_reserve(s, count);

	if (rc == 0)
		rc = buf_put(&s->text, text, len);
	if (rc < 0)
		return rc;
	for (i = 0; i < count; i++)
		s->chars[s->count++] = (struct spoken_origin){ offset + i, 1 };
	return 0;
}

int
spoken_put(
    struct spoken *s, const char *text, size_t len, struct spoken_origin origin)
{
	size_t count = utf8_length(text, len), i;
	int rc = spoken_reserve(s, count);

	if (rc == 0)
		rc = buf_put(&s->text, text, len);
	if (rc < 0)
		return rc;
	for (i = 0; i < count; i++)
		s->chars[s->count++] = origin;
	return 0;
}

const char *
spoken_text(struct spoken *s, size_t *len)
{
	*len = buf_len(&s->text);
	if (buf_put(&s->text, "", 1) < 0)
		return NULL;
	s->text.end--;
	return (const char *)buf_data(&s->text);
}
