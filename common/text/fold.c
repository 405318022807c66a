#include "common/text/fold.h"

#include <stdlib.h>
#include <string.h>

#include "common/text/fold_table.h"
#include "common/utf8.h"

/* Full-width forms of '!' to '~' lie so far from them. */
#define WIDE_FIRST 0xff01
#define WIDE_LAST 0xff5e
#define WIDE_DISTANCE 0xfee0

/* Korean syllables are made by arithmetic (The Unicode Standard, 3.12). */
#define SYLLABLE_FIRST 0xac00
#define SYLLABLE_LAST 0xd7a3
#define LEAD_FIRST 0x1100
#define LEAD_COUNT 19
#define VOWEL_FIRST 0x1161
#define VOWEL_COUNT 21
#define TAIL_FIRST 0x11a7 /* that of no tail */
#define TAIL_COUNT 28

static int
compare(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int
compare_run(const void *key, const void *row)
{
	const uint32_t c = *(const uint32_t *)key;
	const struct fold_run *r = row;

	return c < r->first ? -1 : c > r->last;
}

static int
compare_text(const void *key, const void *row)
{
	return compare(
	    *(const uint32_t *)key, ((const struct fold_text *)row)->c);
}

static int
compare_pair(const void *key, const void *row)
{
	const struct fold_pair *a = key, *b = row;

	return a->base == b->base ? compare(a->mark, b->mark)
				  : compare(a->base, b->base);
}

static uint32_t
fold_run_of(uint32_t c)
{
	const struct fold_run *r;

	if (c < fold_runs[0].first)
		return c;
	r = bsearch(
	    &c, fold_runs, fold_run_count, sizeof(*fold_runs), compare_run);
	return r ? r->to + (c - r->first) : c;
}

static const char *
fold_text_of(uint32_t c)
{
	const struct fold_text *t;

	if (c < fold_texts[0].c)
		return NULL;
	t = bsearch(
	    &c, fold_texts, fold_text_count, sizeof(*fold_texts), compare_text);
	return t ? t->to : NULL;
}

static uint32_t
compose_korean(uint32_t base, uint32_t mark)
{
	if (base - LEAD_FIRST < LEAD_COUNT && mark - VOWEL_FIRST < VOWEL_COUNT)
		return SYLLABLE_FIRST + ((base - LEAD_FIRST) * VOWEL_COUNT +
					    (mark - VOWEL_FIRST)) *
					    TAIL_COUNT;
	if (base >= SYLLABLE_FIRST && base <= SYLLABLE_LAST &&
	    (base - SYLLABLE_FIRST) % TAIL_COUNT == 0 && mark > TAIL_FIRST &&
	    mark < TAIL_FIRST + TAIL_COUNT)
		return base + (mark - TAIL_FIRST);
	return 0;
}

/* The one character that both are; 0 for none. */
static uint32_t
compose(uint32_t base, uint32_t mark)
{
	const struct fold_pair key = { base, mark, 0 };
	const struct fold_pair *p = bsearch(&key, fold_pairs, fold_pair_count,
	    sizeof(*fold_pairs), compare_pair);

	return p ? p->to : compose_korean(base, mark);
}

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_code(uint32_t c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "３．５" is a number and "Ａ－０２３" a code; else the full-width sign is
 * punctuation of Chinese or Japanese. */
static uint32_t
fold_joint(uint32_t c, uint32_t before, const char *s, size_t len)
{
	uint32_t narrow = c - WIDE_DISTANCE, behind = 0;

	if (c < WIDE_FIRST || c > WIDE_LAST ||
	    strchr(".,:/-", (int)narrow) == NULL)
		return c;
	utf8_decode(s, len, &behind);
	behind = fold_run_of(behind);
	if (is_digit(before) && is_digit(behind))
		return narrow;
	return narrow == '-' && is_code(before) && is_code(behind) ? narrow : c;
}

static size_t
put_text(const char *text, char *out, uint32_t *before)
{
	size_t len = strlen(text);

	memcpy(out, text, len);
	*before = (unsigned char)text[len - 1];
	return len;
}

size_t
fold_at(const char *s, size_t len, uint32_t *before, char out[FOLD_BYTES],
    size_t *out_len)
{
	size_t n, more;
	uint32_t c = 0, mark, both;
	const char *text;

	n = utf8_decode(s, len, &c);
	*out_len = 0;
	if (n == 0)
		return 0;
	text = fold_text_of(c);
	if (text) {
		*out_len = put_text(text, out, before);
		return n;
	}
	c = fold_run_of(fold_joint(c, *before, s + n, len - n));
	while ((more = utf8_decode(s + n, len - n, &mark)) > 0 &&
	       mark >= 0x80 && (both = compose(c, mark)) != 0) {
		c = both;
		n += more;
	}
	*before = c;
	*out_len = utf8_put(c, out);
	return n;
}

/* Returns how many bytes the character has, if it neither folds nor is an
 * accent, as its first byte tells: ASCII, Cyrillic to U+047F, Han from U+4000
 * to U+9FFF. Else 0. */
static size_t
settled_bytes(const char *s)
{
	unsigned char lead = (unsigned char)*s;

	if (lead < 0x80)
		return 1;
	if (lead == 0xd0 || lead == 0xd1)
		return 2;
	return lead >= 0xe4 && lead <= 0xe9 ? 3 : 0;
}

size_t
fold_skip(const char *s, size_t len, uint32_t *before)
{
	size_t at = 0, n, last = 0;

	/* What is followed by anything else may become one with that. */
	while (at < len && (n = settled_bytes(s + at)) > 0 && at + n < len &&
	       settled_bytes(s + at + n) > 0) {
		last = at;
		at += n;
	}
	if (at > 0)
		utf8_decode(s + last, at - last, before);
	return at;
}
