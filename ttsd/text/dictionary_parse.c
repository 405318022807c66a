#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf/ini.h"
#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/text/character.h"
#include "ttsd/text/dictionary_internal.h"
#include "ttsd/text/plain.h"

struct parser {
	struct dictionary *d;
	struct dictionary_error *e;
	const char *file;
	unsigned line;
	unsigned section;
};

static int wrong(struct parser *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
wrong(struct parser *p, const char *fmt, ...)
{
	char raw[DICTIONARY_ERROR_MAX];
	size_t len = 0;
	va_list args;

	p->e->line = p->line;
	if (p->line > 0)
		snprintf(raw, sizeof(raw), "%.100s:%u: ", p->file, p->line);
	else
		snprintf(raw, sizeof(raw), "%.100s: ", p->file);
	len = strlen(raw);
	va_start(args, fmt);
	vsnprintf(raw + len, sizeof(raw) - len, fmt, args);
	va_end(args);
	utf8_sanitise(p->e->text, sizeof(p->e->text), raw, strlen(raw));
	return ERR_INVALID;
}

static bool
has_control(struct ini_slice t)
{
	uint32_t c;
	size_t n;

	for (; t.len > 0; t.s += n, t.len -= n) {
		n = utf8_decode(t.s, t.len, &c);
		if (n == 0)
			return false; /* no UTF-8, which is told elsewhere */
		if (c != '\t' && (c < 0x20 || (c >= 0x7f && c < 0xa0)))
			return true;
	}
	return false;
}

static int
open_section(struct parser *p, const char *language)
{
	struct dictionary *d = p->d;
	struct dictionary_section *s;
	unsigned i;

	for (i = 0; i < d->section_count; i++) {
		if (strcmp(d->sections[i].language, language) == 0) {
			p->section = i;
			return 0;
		}
	}
	if (d->section_count == DICTIONARY_SECTIONS_MAX)
		return wrong(
		    p, "more than %d languages", DICTIONARY_SECTIONS_MAX);
	s = &d->sections[d->section_count];
	memset(s, 0, sizeof(*s));
	strcpy(s->language, language);
	p->section = (unsigned)d->section_count++;
	return 0;
}

static int
read_section(struct parser *p, struct ini_slice name)
{
	char language[LANGUAGE_MAX + 1] = "*";

	if (!(name.len == 1 && name.s[0] == '*') &&
	    !language_normalise(language, name.s, name.len))
		return wrong(p, "expected a language such as [en], or [*]");
	return open_section(p, language);
}

/* Folds case and runs of blanks; `to` has room for 4 bytes a character. */
static size_t
fold_word(char *to, struct ini_slice word)
{
	size_t at = 0, len = 0, n;
	bool blank = false;
	uint32_t c;

	for (; at < word.len; at += n) {
		n = utf8_decode(word.s + at, word.len - at, &c);
		if (utf8_is_blank(c)) {
			blank = true;
			continue;
		}
		if (blank)
			to[len++] = ' ';
		blank = false;
		len += utf8_put(character_fold(c), to + len);
	}
	return len;
}

static int
add_entry(struct parser *p, struct ini_slice word, struct ini_slice replacement)
{
	struct dictionary *d = p->d;
	size_t cap = d->cap ? d->cap * 2 : 64, len;
	char folded[DICTIONARY_WORD_MAX * 4];
	struct dictionary_entry *e;

	if (d->count == DICTIONARY_ENTRIES_MAX)
		return wrong(p, "more than %d words", DICTIONARY_ENTRIES_MAX);
	if (d->count == d->cap) {
		e = realloc(d->entries, cap * sizeof(*e));
		if (e == NULL)
			return ERR_NOMEM;
		d->entries = e;
		d->cap = cap;
	}
	len = fold_word(folded, word);
	e = &d->entries[d->count];
	e->word = malloc(len + 1 + replacement.len + 1);
	if (e->word == NULL)
		return ERR_NOMEM;
	d->count++;
	memcpy(e->word, folded, len);
	e->word[len] = '\0';
	memcpy(e->word + len + 1, replacement.s, replacement.len);
	e->word[len + 1 + replacement.len] = '\0';
	e->replacement = e->word + len + 1;
	e->section = p->section;
	e->line = p->line;
	return 0;
}

/* Adds an entry with its word and replacement folded as segment.c folds texts:
 * words are looked for in a text that was folded already, and what stands in
 * their place is not folded again. */
static int
add_folded(
    struct parser *p, struct ini_slice word, struct ini_slice replacement)
{
	struct rewrite folded_word, folded;
	int rc;

	rewrite_init(&folded_word, DICTIONARY_WORD_MAX * 4);
	rewrite_init(&folded, DICTIONARY_REPLACEMENT_MAX * 4);
	rc = plain(word.s, word.len, &folded_word);
	if (rc == 0)
		rc = plain(replacement.s, replacement.len, &folded);
	word.s = rewrite_text(&folded_word, &word.len);
	replacement.s = rewrite_text(&folded, &replacement.len);
	if (rc == ERR_FULL)
		rc = wrong(p, "too long when its characters are written out");
	if (rc == 0)
		rc = add_entry(p, word, replacement);
	rewrite_done(&folded_word);
	rewrite_done(&folded);
	return rc;
}

static int
read_entry(struct parser *p, struct ini_slice word, struct ini_slice by)
{
	if (word.len == 0)
		return wrong(p, "no word before '='");
	if (utf8_length(word.s, word.len) > DICTIONARY_WORD_MAX)
		return wrong(p, "the word has more than %d characters",
		    DICTIONARY_WORD_MAX);
	if (utf8_length(by.s, by.len) > DICTIONARY_REPLACEMENT_MAX)
		return wrong(p, "the replacement has more than %d characters",
		    DICTIONARY_REPLACEMENT_MAX);
	return add_folded(p, word, by);
}

static int
read_line(struct parser *p, const struct ini_line *line)
{
	static const char *const mistakes[] = {
		[INI_NO_TEXT] = "not UTF-8",
		[INI_NO_BRACKET] = "expected ']' at the end of the section",
		[INI_NO_EQUALS] = "expected 'word = replacement'",
	};

	p->line = line->number;
	if (has_control(line->key) || has_control(line->value))
		return wrong(p, "a control character");
	if (line->kind == INI_MISTAKE)
		return wrong(p, "%s", mistakes[line->mistake]);
	if (line->kind == INI_SECTION)
		return read_section(p, line->key);
	return read_entry(p, line->key, line->value);
}

static int
read_lines(struct parser *p, const char *text, size_t len)
{
	struct ini_line line;
	struct ini ini;
	int rc = 0;

	ini_begin(&ini, text, len, false);
	while (rc == 0 && ini_next(&ini, &line))
		rc = read_line(p, &line);
	return rc;
}

static int
compare(const void *a, const void *b)
{
	const struct dictionary_entry *x = a, *y = b;
	int order;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	order = strcmp(x->word, y->word);
	if (order != 0)
		return order;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Finds where each section begins, and refuses the first word that stands twice
 * in one. */
static int
index_sections(struct parser *p)
{
	struct dictionary *d = p->d;
	struct dictionary_entry *e, *twice = NULL;
	struct dictionary_section *s;
	size_t i;

	if (d->count > 0)
		qsort(d->entries, d->count, sizeof(*d->entries), compare);
	for (i = 0; i < d->count; i++) {
		e = &d->entries[i];
		s = &d->sections[e->section];
		if (s->count++ == 0)
			s->first = i;
		if (s->count > 1 && strcmp(e->word, e[-1].word) == 0 &&
		    (twice == NULL || e->line < twice->line))
			twice = e;
	}
	if (twice == NULL)
		return 0;
	p->line = twice->line;
	return wrong(p, "the word stands in line %u already", twice[-1].line);
}

int
dictionary_parse(struct dictionary **out, const char *file, const char *text,
    size_t len, struct dictionary_error *e)
{
	struct parser p = { .e = e, .file = file };
	int rc;

	*out = NULL;
	*e = (struct dictionary_error){ .line = 0 };
	if (len > DICTIONARY_FILE_MAX)
		return wrong(&p, "larger than %d bytes", DICTIONARY_FILE_MAX);
	p.d = calloc(1, sizeof(*p.d));
	if (p.d == NULL)
		return ERR_NOMEM;
	rc = open_section(&p, "*");
	if (rc == 0)
		rc = read_lines(&p, text, len);
	if (rc == 0)
		rc = index_sections(&p);
	if (rc == 0) {
		*out = p.d;
		p.d = NULL; /* transferred */
	}
	dictionary_free(p.d);
	return rc;
}
