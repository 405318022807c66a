/*
 * Any text as SSML: it is read, and then every item comes from a place in the
 * text and all is closed that was opened; or it is refused with a place. What
 * people read of it is a text, and what stands in the document as it is stands
 * for itself there.
 */
#include "common/err.h"
#include "common/text/ssml.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "ttsd/text/character.c"
#include "ttsd/text/script.c"
#include "ttsd/text/script_languages.c"
#include "ttsd/text/script_table.c"
#include "ttsd/text/ssml_spoken.c"
#include "ttsd/text/textmap.c"

static void
check_item(const struct ssml_item *item, const char *text, size_t len)
{
	const char *source;

	MUST(item->len == strlen(item->text));
	MUST(utf8_valid(item->text, item->len));
	MUST(item->offset + item->length <= utf8_length(text, len));
	MUST(item->kind != SSML_TEXT || item->len > 0);
	MUST(item->kind != SSML_MARK ||
	     (item->len > 0 && item->len <= SSML_NAME_MAX));
	if (!item->exact)
		return;
	source = text + utf8_offset(text, len, item->offset);
	MUST(memcmp(source, item->text, item->len) == 0);
	MUST(utf8_length(item->text, item->len) == item->length);
}

static void
check_items(const struct ssml *s, const char *text, size_t len)
{
	size_t i, at = 0, tags = 0, voices = 0;
	unsigned pauses_ms = 0;

	for (i = 0; i < s->count; i++) {
		check_item(&s->items[i], text, len);
		MUST(s->items[i].offset >= at);
		at = s->items[i].offset;
		pauses_ms += s->items[i].ms;
		tags += s->items[i].kind == SSML_OPEN;
		voices += s->items[i].kind == SSML_VOICE;
		MUST(tags <= SSML_DEPTH_MAX && voices <= SSML_DEPTH_MAX);
		MUST(s->items[i].kind != SSML_CLOSE || tags-- > 0);
		MUST(s->items[i].kind != SSML_VOICE_END || voices-- > 0);
	}
	MUST(tags == 0 && voices == 0);
	MUST(pauses_ms <= SSML_PAUSES_MAX_MS);
}

/* The first character of a text that is no blank, and stands there as it is. */
static void
check_place(const struct ssml_spoken *spoken, const struct ssml_item *item)
{
	size_t at = strspn(item->text, BLANKS), n;
	struct textmap_span place = { item->offset + at, 1 };

	if (item->kind != SSML_TEXT || !item->exact || at == item->len)
		return;
	n = utf8_decode(item->text + at, item->len - at, NULL);
	place = ssml_spoken_place(spoken, place);
	MUST(place.length == 1);
	MUST(memcmp(spoken->text + utf8_offset(spoken->text,
				       strlen(spoken->text), place.offset),
		 item->text + at, n) == 0);
}

static void
check_spoken(const struct ssml *s, const char *text)
{
	struct ssml_spoken spoken;
	size_t i;

	MUST(ssml_spoken_read(s, text, &spoken) == 0);
	MUST(utf8_valid(spoken.text, strlen(spoken.text)));
	for (i = 0; i < s->count; i++)
		check_place(&spoken, &s->items[i]);
	ssml_spoken_done(&spoken);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ssml_error e;
	struct ssml s;
	char *text = malloc(size + 1);
	int rc;

	MUST(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	/* As the control socket lets it through. */
	if (strlen(text) == size && utf8_valid(text, size)) {
		rc = ssml_read(text, size, &s, &e);
		MUST(rc == 0 || rc == ERR_INVALID);
		MUST(rc == 0 || (e.line > 0 && e.column > 0 && e.text[0]));
		MUST(utf8_valid(e.text, strlen(e.text)));
		check_items(&s, text, size);
		check_spoken(&s, text);
		ssml_done(&s);
	}
	free(text);
	return 0;
}
