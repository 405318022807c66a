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

/* Each character comes from so many characters behind that before it. */
static int
spoken_add(struct spoken *s, const char *text, size_t len,
    struct spoken_origin origin, size_t step)
{
	size_t count = utf8_length(text, len);
	int rc = spoken_reserve(s, count);

	if (rc == 0)
		rc = buf_put(&s->text, text, len);
	for (; rc == 0 && count > 0; count--) {
		s->chars[s->count++] = origin;
		origin.offset += step;
	}
	return rc;
}

int
spoken_copy(struct spoken *s, const char *text, size_t len, size_t offset)
{
	return spoken_add(s, text, len, (struct spoken_origin){ offset, 1 }, 1);
}

int
spoken_take(struct spoken *s, const char *text, size_t len,
    const struct spoken_origin *origins)
{
	size_t count = utf8_length(text, len), i;
	int rc = spoken_reserve(s, count);

	if (rc == 0)
		rc = buf_put(&s->text, text, len);
	if (rc < 0)
		return rc;
	for (i = 0; i < count; i++)
		s->chars[s->count++] = origins[i];
	return 0;
}

int
spoken_put(
    struct spoken *s, const char *text, size_t len, struct spoken_origin origin)
{
	return spoken_add(s, text, len, origin, 0);
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
