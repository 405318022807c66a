#include "ttsd/text/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "ttsd/text/character.h"
#include "ttsd/text/dictionary_internal.h"

/* One language looks into at most so many sections; "en-gb-x-rp" into five. */
#define CHAIN_MAX 8

struct match {
	size_t len; /* bytes of the text; 0: none */
	const struct dictionary_entry *entry;
};

void
dictionary_free(struct dictionary *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->count; i++)
		free(d->entries[i].word);
	free(d->entries);
	free(d);
}

size_t
dictionary_count(const struct dictionary *d)
{
	return d->count;
}

static size_t
add_section(const struct dictionary *d, const char *language,
    const struct dictionary_section **chain, size_t count)
{
	size_t i;

	for (i = 0; i < d->section_count && count < CHAIN_MAX; i++)
		if (d->sections[i].count > 0 &&
		    strcmp(d->sections[i].language, language) == 0)
			chain[count++] = &d->sections[i];
	return count;
}

/* Finds the sections that a language looks into, the narrowest first. */
static size_t
find_sections(const struct dictionary *d, const char *tag,
    const struct dictionary_section *chain[CHAIN_MAX])
{
	char language[LANGUAGE_MAX + 1];
	size_t count = 0;

	if (tag && language_normalise(language, tag, strlen(tag))) {
		do {
			/* The last place is for "*". */
			if (count < CHAIN_MAX - 1)
				count = add_section(d, language, chain, count);
		} while (language_widen(language));
	}
	return add_section(d, "*", chain, count);
}

/* Finds the first entry in [lo, hi) whose byte number `at` is at least
 * `byte`. */
static const struct dictionary_entry *
bound(const struct dictionary_entry *lo, const struct dictionary_entry *hi,
    size_t at, unsigned byte)
{
	const struct dictionary_entry *mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if ((uint8_t)mid->word[at] < byte)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Folds the next character of the text, or a run of blanks to one blank, and
 * returns how many bytes of the text it had; 0 at its end. */
static size_t
next_folded(const char *s, size_t len, char folded[4], size_t *folded_len)
{
	size_t n, at = 0;
	uint32_t c;

	while ((n = utf8_decode(s + at, len - at, &c)) > 0 && utf8_is_blank(c))
		at += n;
	if (at > 0) {
		folded[0] = ' ';
		*folded_len = 1;
		return at;
	}
	if (n > 0)
		*folded_len = utf8_put(character_fold(c), folded);
	return n;
}

/* May a word of the text end or begin at `at`, between two characters? */
static bool
parts_words(const char *s, const char *at, const char *end)
{
	const char *before = at;
	uint32_t a, b;

	if (at == s || at == end)
		return true;
	do
		before--;
	while (before > s && ((uint8_t)*before & 0xc0) == 0x80);
	if (utf8_decode(before, (size_t)(at - before), &a) == 0 ||
	    utf8_decode(at, (size_t)(end - at), &b) == 0)
		return true;
	return !character_in_spaced_word(a) || !character_in_spaced_word(b);
}

/* Finds the longest word of a section that stands in the text at `at`. */
static struct match
match_section(const struct dictionary *d, const struct dictionary_section *s,
    const char *text, const char *at, const char *end)
{
	const struct dictionary_entry *lo = d->entries + s->first;
	const struct dictionary_entry *hi = lo + s->count;
	struct match best = { 0, NULL };
	size_t depth = 0, folded_len, n, i;
	const char *p = at;
	char folded[4];

	while (lo < hi) {
		n = next_folded(p, (size_t)(end - p), folded, &folded_len);
		/* A NUL in the text must not match the terminator of a word. */
		if (n == 0 || folded[0] == '\0')
			break;
		for (i = 0; i < folded_len; i++, depth++) {
			lo = bound(lo, hi, depth, (uint8_t)folded[i]);
			hi = bound(lo, hi, depth, (uint8_t)folded[i] + 1u);
		}
		p += n;
		if (lo < hi && lo->word[depth] == '\0' &&
		    parts_words(text, p, end))
			best = (struct match){ (size_t)(p - at), lo };
	}
	return best;
}

static struct match
find_match(const struct dictionary *d,
    const struct dictionary_section *const *chain, size_t count,
    const char *text, const char *at, const char *end)
{
	struct match best = { 0, NULL }, m;
	size_t i;

	if (!parts_words(text, at, end))
		return best;
	for (i = 0; i < count; i++) {
		m = match_section(d, chain[i], text, at, end);
		if (m.len > best.len)
			best = m;
	}
	return best;
}

int
dictionary_apply(const struct dictionary *d, const char *language,
    const char *text, size_t len, struct rewrite *out)
{
	const struct dictionary_section *chain[CHAIN_MAX];
	size_t count = find_sections(d, language, chain), n;
	const char *end = text + len, *s = text, *kept = text;
	struct match m;
	int rc = 0;

	while (rc == 0 && s < end) {
		m = find_match(d, chain, count, text, s, end);
		if (m.len == 0) {
			n = utf8_decode(s, (size_t)(end - s), NULL);
			s += n ? n : 1;
			continue;
		}
		if (s > kept)
			rc = rewrite_keep(out, kept, (size_t)(s - kept));
		if (rc == 0)
			rc = rewrite_replace(out, s, m.len,
			    m.entry->replacement, strlen(m.entry->replacement));
		s += m.len;
		kept = s;
	}
	if (rc == 0 && end > kept)
		rc = rewrite_keep(out, kept, (size_t)(end - kept));
	return rc;
}
