#include "ttsd/text/script.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/text/character.h"
#include "ttsd/text/script_languages.h"
#include "ttsd/text/script_table.h"

#define CODE_LETTERS_MAX 5
#define CODE_SMALL_LETTERS_MAX 2

static int
compare_range(const void *key, const void *row)
{
	const uint32_t cp = *(const uint32_t *)key;
	const struct script_range *r = row;

	return cp < r->first ? -1 : cp > r->last;
}

enum script
script_of(uint32_t cp)
{
	const struct script_range *r;

	/* The letters of ASCII are asked for most. */
	if (cp < 0x80)
		return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z' ? SCRIPT_LATIN
								: SCRIPT_NONE;
	r = bsearch(&cp, script_ranges, script_range_count,
	    sizeof(*script_ranges), compare_range);
	return r ? r->script : SCRIPT_NONE;
}

/* ---- tokens ----------------------------------------------------------- */

enum kind {
	LETTERS, /* of one script */
	WORD,    /* a code without digits */
	CODE,    /* with digits, or a number */
	SIGN,
	BLANK,
	END, /* of a sentence */
};

struct token {
	size_t offset, end; /* bytes */
	enum kind kind;
	unsigned script; /* of LETTERS; may be SCRIPT_HAN_UNDECIDED */
	unsigned letters;
	bool chinese;
};

struct tokens {
	const char *text;
	size_t len;
	struct token *p;
	size_t count, cap;
};

static struct token *
add_token(struct tokens *s, enum kind kind, size_t offset, size_t end)
{
	size_t cap = s->cap ? s->cap * 2 : 64;
	struct token *p = s->p;

	if (s->count == s->cap) {
		p = realloc(p, cap * sizeof(*p));
		if (p == NULL)
			return NULL;
		s->p = p;
		s->cap = cap;
	}
	p = &s->p[s->count++];
	*p = (struct token){ .kind = kind, .offset = offset, .end = end };
	return p;
}

/* Adds bytes to the last token where that is of the same kind, and else begins
 * a new one. */
static struct token *
extend(struct tokens *s, enum kind kind, unsigned script, size_t at, size_t n)
{
	struct token *p = s->count ? &s->p[s->count - 1] : NULL;

	if (p == NULL || p->kind != kind || p->script != script) {
		p = add_token(s, kind, at, at);
		if (p == NULL)
			return NULL;
		p->script = script;
	}
	p->end = at + n;
	return p;
}

static size_t
char_at(const struct tokens *s, size_t at, uint32_t *c)
{
	return character_at(s->text + at, s->len - at, c);
}

static bool
in_word(uint32_t c, enum script script)
{
	return script == SCRIPT_LATIN ||
	       (script == SCRIPT_NONE && character_is_digit(c));
}

static bool
joins(uint32_t c)
{
	return c == '\'' || c == 0x2019 || c == '.' || c == '_' || c == '&' ||
	       character_is_hyphen(c);
}

/* Scans a Latin word or a number. */
static int
scan_word(struct tokens *s, size_t *at)
{
	unsigned letters = 0, digits = 0, small = 0;
	size_t start = *at, n, more;
	struct token *p;
	enum script script;
	uint32_t c, behind;
	bool code;

	for (; (n = char_at(s, *at, &c)) > 0; *at += n) {
		script = script_of(c);
		if (script == SCRIPT_LATIN) {
			letters++;
			small += character_fold(c) == c;
			continue;
		}
		if (script == SCRIPT_NONE && character_is_digit(c)) {
			digits++;
			continue;
		}
		more = char_at(s, *at + n, &behind);
		if (!character_is_mark(c) &&
		    !(joins(c) && more > 0 &&
			in_word(behind, script_of(behind))))
			break;
	}
	code = letters <= CODE_SMALL_LETTERS_MAX ||
	       (letters <= CODE_LETTERS_MAX && (digits > 0 || small == 0));
	p = add_token(s, !code ? LETTERS : digits ? CODE : WORD, start, *at);
	if (p == NULL)
		return ERR_NOMEM;
	p->script = SCRIPT_LATIN;
	p->letters = letters;
	return 0;
}

static bool
ends_sentence(const struct tokens *s, uint32_t c, size_t behind)
{
	static const uint32_t ends[] = { '!', '?', '\n', '\r', 0x2028, 0x2029,
		0x3002, 0xff01, 0xff1f, 0xff61, 0x061f, 0x06d4, 0x0964, 0x0965,
		0x1362, 0 };
	size_t i;

	for (i = 0; ends[i]; i++)
		if (c == ends[i])
			return true;
	return (c == '.' || c == 0x2026) &&
	       (char_at(s, behind, &c) == 0 || utf8_is_blank(c));
}

static int
compare_three_bytes(const void *a, const void *b)
{
	return memcmp(a, b, 3);
}

static bool
only_chinese(const char *s, size_t n)
{
	return n == 3 &&
	       bsearch(s, script_chinese_only, script_chinese_only_len / 3, 3,
		   compare_three_bytes) != NULL;
}

static int
scan(struct tokens *s)
{
	enum script script;
	struct token *p;
	size_t at = 0, n;
	uint32_t c;

	while ((n = char_at(s, at, &c)) > 0) {
		script = script_of(c);
		if (in_word(c, script)) {
			if (scan_word(s, &at) < 0)
				return ERR_NOMEM;
			continue;
		}
		if (script != SCRIPT_NONE)
			p = extend(s, LETTERS, script, at, n);
		else if (ends_sentence(s, c, at + n))
			p = extend(s, END, script, at, n);
		else if (utf8_is_blank(c))
			p = extend(s, BLANK, script, at, n);
		else
			p = extend(s, SIGN, script, at, n);
		if (p == NULL)
			return ERR_NOMEM;
		if (script == SCRIPT_HAN && !p->chinese)
			p->chinese = only_chinese(s->text + at, n);
		at += n;
	}
	return 0;
}

static bool
is_latin_word(const struct token *p)
{
	return p->kind == WORD ||
	       (p->kind == LETTERS && p->script == SCRIPT_LATIN);
}

/* Finds codes that turn out to be words of a phrase. */
static void
find_phrases(struct tokens *s)
{
	size_t first, last, i, words, plain;

	for (first = 0; first < s->count; first = last + 1) {
		last = first;
		if (!is_latin_word(&s->p[first]))
			continue;
		words = plain = 0;
		for (i = first; i < s->count && is_latin_word(&s->p[i]);
		     i += 2) {
			last = i;
			words += s->p[i].letters >= 2;
			plain += s->p[i].kind == LETTERS;
			if (i + 1 < s->count && s->p[i + 1].kind != BLANK)
				break;
		}
		for (i = first; i <= last && (plain > 0 || words > 1); i += 2)
			s->p[i].kind = LETTERS;
	}
}

/* Makes signs of single Greek letters: "Ω" and "β" in other languages are known
 * to every voice. */
static void
drop_lone_greek(struct tokens *s)
{
	struct token *p;

	for (p = s->p; p < s->p + s->count; p++)
		if (p->kind == LETTERS && p->script == SCRIPT_GREEK &&
		    p->end - p->offset ==
			utf8_offset(s->text + p->offset, p->end - p->offset, 1))
			p->kind = SIGN;
}

/* ---- whose is the Han? ------------------------------------------------ */

struct traits {
	bool kana, chinese;
};

static struct traits
traits_of(const struct token *p, const struct token *end)
{
	struct traits t = { false, false };

	for (; p < end; p++) {
		if (p->kind != LETTERS)
			continue;
		t.kana |= p->script == SCRIPT_KANA;
		t.chinese |= p->chinese;
	}
	return t;
}

static unsigned
decide_han(const struct token *p, struct traits sentence, struct traits text)
{
	if (p->chinese)
		return SCRIPT_HAN;
	if (sentence.kana)
		return SCRIPT_KANA;
	if (sentence.chinese)
		return SCRIPT_HAN;
	if (text.kana)
		return SCRIPT_KANA;
	return text.chinese ? SCRIPT_HAN : SCRIPT_HAN_UNDECIDED;
}

static void
find_owners_of_han(struct tokens *s)
{
	struct token *p = s->p, *all_end = s->p + s->count, *end;
	struct traits text, sentence;

	if (s->count == 0)
		return;
	text = traits_of(p, all_end);
	while (p < all_end) {
		for (end = p; end < all_end && end->kind != END; end++)
			;
		sentence = traits_of(p, end);
		for (; p < end; p++)
			if (p->kind == LETTERS && p->script == SCRIPT_HAN)
				p->script = decide_han(p, sentence, text);
		if (p < all_end)
			p++;
	}
}

/* ---- runs ------------------------------------------------------------- */

/* Begins a run, and so ends the one before it. */
static int
add_run(struct script_runs *r, size_t offset, const char *language)
{
	struct script_run *p;

	/* The room is doubled whenever the count reaches a power of two. */
	if ((r->count & (r->count - 1)) == 0) {
		p = realloc(
		    r->runs, (r->count ? r->count * 2 : 1) * sizeof(*p));
		if (p == NULL)
			return ERR_NOMEM;
		r->runs = p;
	}
	p = &r->runs[r->count++];
	p->offset = offset;
	p->len = 0;
	strcpy(p->language, language);
	if (r->count > 1)
		p[-1].len = offset - p[-1].offset;
	return 0;
}

/* Finds where a run that begins with the letters of token `next` takes over
 * from the run that had letters in token `last`. */
static size_t
find_cut(const struct token *last, const struct token *next)
{
	const struct token *p;
	size_t after_end = 0, after_blank = 0;

	for (p = last + 1; p < next; p++) {
		if (p->kind == END ||
		    (p->kind == BLANK && after_end == p->offset))
			after_end = p->end;
		if (p->kind == BLANK)
			after_blank = p->end;
	}
	return after_end ? after_end : after_blank ? after_blank : next->offset;
}

static int
build_runs(const struct tokens *s, const struct script_languages *v,
    struct script_runs *out)
{
	const struct token *p, *last = NULL;
	const char *now = NULL, *language;
	int rc;

	for (p = s->p; p < s->p + s->count; p++) {
		if (p->kind != LETTERS)
			continue;
		language = v->of[p->script];
		if (now == NULL || (strcmp(now, language) != 0 &&
				       out->count < SCRIPT_RUNS_MAX)) {
			rc = add_run(
			    out, last ? find_cut(last, p) : 0, language);
			if (rc < 0)
				return rc;
			now = language;
		}
		last = p;
	}
	if (now == NULL) {
		rc = add_run(out, 0, v->of[SCRIPT_NONE]);
		if (rc < 0)
			return rc;
	}
	out->runs[out->count - 1].len =
	    s->len - out->runs[out->count - 1].offset;
	return 0;
}

int
script_split(const char *text, size_t len, const char *languages,
    struct script_runs *out)
{
	struct tokens s = { .text = text, .len = len };
	struct script_languages v;
	int rc;

	*out = (struct script_runs){ NULL, 0 };
	if (len == 0)
		return 0;
	script_languages_choose(&v, languages);
	rc = scan(&s);
	if (rc == 0) {
		find_phrases(&s);
		drop_lone_greek(&s);
		find_owners_of_han(&s);
		rc = build_runs(&s, &v, out);
	}
	free(s.p);
	if (rc < 0)
		script_runs_done(out);
	return rc;
}

void
script_runs_done(struct script_runs *r)
{
	free(r->runs);
	*r = (struct script_runs){ NULL, 0 };
}
