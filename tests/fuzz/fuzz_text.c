/*
 * Any text through everything that is done to a text before it is spoken. Up
 * to the first 0xff byte the languages, up to the second a dictionary, then
 * the text: dictionary, spelling, runs of languages, and the way back of
 * every character. Each run also goes through as if it were a phoneme.
 *
 * `make fuzz` links common/ only, hence the modules are included.
 */
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

#include "ttsd/text/character.c"
#include "ttsd/text/dictionary.c"
#include "ttsd/text/dictionary_parse.c"
#include "ttsd/text/plain.c"
#include "ttsd/text/script.c"
#include "ttsd/text/script_languages.c"
#include "ttsd/text/script_table.c"
#include "ttsd/text/spell.c"
#include "ttsd/text/textmap.c"
#include "ttsd/text/viseme.c"

#define TEXT_MAX (1024 * 1024)

/* The next part, terminated, on the heap. */
static char *
take_part(const uint8_t **data, size_t *size, size_t *len)
{
	const uint8_t *end = *size ? memchr(*data, 0xff, *size) : NULL;
	char *part;

	*len = end ? (size_t)(end - *data) : *size;
	part = malloc(*len + 1);
	MUST(part != NULL);
	if (*len)
		memcpy(part, *data, *len);
	part[*len] = '\0';
	*size -= *len + (end != NULL);
	*data += *len + (end != NULL);
	return part;
}

static void
check_map(const struct rewrite *r, const char *text, size_t len)
{
	struct textmap_span span;
	size_t i, before = 0, new_len;
	const char *new = rewrite_text(r, &new_len);

	MUST(new[new_len] == '\0');
	MUST(r->map.from_length == utf8_length(text, len));
	MUST(r->map.to_length == utf8_length(new, new_len));
	MUST(!utf8_valid(text, len) || utf8_valid(new, new_len));
	for (i = 0; i < r->map.to_length; i++) {
		span = textmap_origin(&r->map, (struct textmap_span){ i, 1 });
		MUST(span.offset >= before);
		MUST(span.length <= r->map.from_length);
		MUST(span.offset <= r->map.from_length - span.length);
		before = span.offset;
	}
}

static void
check_runs(const char *text, size_t len, const char *languages)
{
	enum viseme shapes[VISEME_SEQUENCE_MAX];
	struct script_runs r;
	size_t i, at = 0;
	char *phoneme;

	MUST(script_split(text, len, languages, &r) == 0);
	MUST((r.count > 0) == (len > 0) && r.count <= SCRIPT_RUNS_MAX);
	for (i = 0; i < r.count; i++) {
		MUST(r.runs[i].offset == at && r.runs[i].len > 0);
		MUST(i == 0 ||
		     strcmp(r.runs[i].language, r.runs[i - 1].language) != 0);
		phoneme = strndup(text + at, r.runs[i].len);
		MUST(phoneme != NULL);
		MUST(viseme_of(phoneme, shapes) <= VISEME_SEQUENCE_MAX);
		free(phoneme);
		at += r.runs[i].len;
	}
	MUST(at == len);
	script_runs_done(&r);
}

static void
check_text(const struct dictionary *d, const char *languages, const char *text,
    size_t len)
{
	struct rewrite folded, replaced, spelled;
	const char *copy;
	size_t new_len;
	int rc;

	rewrite_init(&folded, TEXT_MAX);
	rc = plain(text, len, &folded);
	MUST(rc == 0 || rc == ERR_FULL);
	if (rc == 0)
		check_map(&folded, text, len);
	rewrite_done(&folded);
	rewrite_init(&replaced, TEXT_MAX);
	rc = dictionary_apply(d, languages, text, len, &replaced);
	MUST(rc == 0 || rc == ERR_FULL);
	if (rc == 0) {
		check_map(&replaced, text, len);
		copy = rewrite_text(&replaced, &new_len);
		rewrite_init(&spelled, SPELL_MAX(new_len));
		MUST(spell(copy, new_len, len % 2 ? SPELL_ALL : SPELL_CODES,
			 &spelled) == 0);
		check_map(&spelled, copy, new_len);
		copy = rewrite_text(&spelled, &new_len);
		check_runs(copy, new_len, languages);
		rewrite_done(&spelled);
	}
	rewrite_done(&replaced);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t languages_len, file_len, len;
	char *languages = take_part(&data, &size, &languages_len);
	char *file = take_part(&data, &size, &file_len);
	char *text = exact_copy(data, size);
	char clean[DICTIONARY_ERROR_MAX];
	struct dictionary_error e;
	struct dictionary *d;
	int rc;

	len = size;
	rc = dictionary_parse(&d, "f", file, file_len, &e);
	MUST(rc == 0 || (rc == ERR_INVALID && d == NULL));
	utf8_sanitise(clean, sizeof(clean), e.text, strlen(e.text));
	MUST(strcmp(clean, e.text) == 0);
	if (rc == 0)
		check_text(d, languages, text, len);
	check_runs(text, len, languages);
	dictionary_free(d);
	free(text);
	free(file);
	free(languages);
	return 0;
}
