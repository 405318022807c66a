#include "ttsd/engines/kit/kit_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/text/clause.h"
#include "common/text/fold.h"
#include "common/text/ssml.h"

#define TEXT_MAX (16 * 1024 * 1024)
#define COMMA ", "

/* Puts a comma where a pause was, unless a sign that makes one stands there. */
static int
put_pause(struct buf *b)
{
	const char *text = (const char *)buf_data(b);
	size_t len = buf_len(b);
	bool blank = len == 0 || strspn(text, " \t\r\n") >= len;

	return buf_puts(b, blank || clause_ends(text, len) ? " " : COMMA);
}

/* Puts a text with its forms folded, as plain texts come from ttsd. */
static int
put_folded(struct buf *b, const struct ssml_item *item)
{
	char folded[FOLD_BYTES];
	uint32_t before = 0;
	size_t at, n, len;
	int rc = 0;

	for (at = 0; rc == 0; at += n) {
		n = fold_at(
		    item->text + at, item->len - at, &before, folded, &len);
		if (n == 0)
			break;
		rc = buf_put(b, folded, len);
	}
	return rc;
}

/* Keeps paragraphs and sentences apart; other markup may stand in a word. */
static int
put_markup(struct buf *b, const char *tag)
{
	static const char *const apart[] = { "<p>", "</p>", "<s>", "</s>" };
	size_t i;

	for (i = 0; i < sizeof(apart) / sizeof(apart[0]); i++)
		if (strcmp(tag, apart[i]) == 0)
			return buf_puts(b, " ");
	return 0;
}

static int
put_item(struct buf *b, const struct ssml_item *item)
{
	switch (item->kind) {
	case SSML_TEXT:
		return put_folded(b, item);
	case SSML_BREAK:
		return item->ms > 0 ? put_pause(b) : 0;
	case SSML_OPEN:
	case SSML_CLOSE:
		return put_markup(b, item->text);
	default:
		return 0;
	}
}

static int
text_of_ssml(const struct ssml *s, char **out)
{
	struct buf b;
	size_t i;
	int rc = 0;

	buf_init(&b, TEXT_MAX);
	for (i = 0; rc == 0 && i < s->count; i++)
		rc = put_item(&b, &s->items[i]);
	if (rc == 0)
		rc = buf_put(&b, "", 1);
	if (rc == 0)
		*out = strdup((const char *)buf_data(&b));
	buf_done(&b);
	return rc == 0 && *out == NULL ? ERR_NOMEM : rc;
}

int
kit_text_plain(const struct kit_job *job, char **out)
{
	struct ssml_error e;
	struct ssml s;
	int rc;

	*out = NULL;
	if (!job->ssml) {
		*out = strdup(job->text);
		return *out ? 0 : ERR_NOMEM;
	}
	rc = ssml_read(job->text, job->text_len, &s, &e);
	if (rc == ERR_INVALID)
		return kit_fail(KIT_BAD_REQUEST, "line %lu, column %lu: %s",
		    e.line, e.column, e.text);
	if (rc == 0)
		rc = text_of_ssml(&s, out);
	ssml_done(&s);
	return rc;
}

bool
kit_text_has_words(const char *text)
{
	for (; *text; text++) {
		if (isalnum((unsigned char)*text) ||
		    (unsigned char)*text >= 0x80)
			return true;
	}
	return false;
}
