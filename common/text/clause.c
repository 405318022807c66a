#include "common/text/clause.h"

#include <stdint.h>

#include "common/text/width.h"
#include "common/utf8.h"

/* Commas and the like of all scripts. */
static const uint32_t commas[] = { ',', ':', ';', 0x387, 0x60c, 0x61b, 0x104a,
	0x1363, 0x1364, 0x1365, 0x1366, 0x2013, 0x2014, 0x3001, 0xff0c, 0xff1a,
	0xff1b, 0xff64 };
/* Full stops and the like; a Greek question mark looks like a semicolon. */
static const uint32_t stops[] = { '!', '.', '?', 0x37e, 0x589, 0x61f, 0x6d4,
	0x964, 0x965, 0x104b, 0x1362, 0x1367, 0x17d4, 0x17d5, 0x2026, 0x3002,
	0xff01, 0xff0e, 0xff1f, 0xff61 };

/* What is as good a place to part a text as any of its kind, the best last. */
enum clause_place {
	PLACE_NONE, /* what follows stands over what is before it */
	PLACE_CHARACTER,
	PLACE_WORD,
	PLACE_CLAUSE,
	PLACE_SENTENCE,
};

static bool
is_among(const uint32_t *signs, size_t count, uint32_t c)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (signs[i] == c)
			return true;
	return false;
}

static bool
is_stop(uint32_t c)
{
	return is_among(stops, sizeof(stops) / sizeof(stops[0]), c);
}

static bool
is_sign(uint32_t c)
{
	return is_stop(c) ||
	       is_among(commas, sizeof(commas) / sizeof(commas[0]), c);
}

static bool
is_closing(uint32_t c)
{
	return utf8_is_blank(c) || c == '"' || c == '\'' || c == ')' ||
	       c == ']' || c == 0xbb || c == 0x2019 || c == 0x201d ||
	       c == 0x300d || c == 0x300f || c == 0xff09;
}

bool
clause_ends(const char *text, size_t len)
{
	bool ends = false;
	uint32_t c;
	size_t n;

	for (; len > 0 && (n = utf8_decode(text, len, &c)) > 0;
	     text += n, len -= n)
		if (!is_closing(c))
			ends = is_sign(c);
	return ends;
}

/* Chinese and Japanese signs are followed by no blank. */
#define CJK_FIRST 0x3000

/* What lies in front of a place in a text. */
struct clause_past {
	uint32_t sign; /* the last character that closes nothing */
	bool blank;    /* the very last is a blank */
};

/* What kind of place is it before the character `next`? */
static enum clause_place
judge_place(const struct clause_past *past, uint32_t next)
{
	bool parted =
	    past->blank || (past->sign >= CJK_FIRST && is_sign(past->sign));

	if (width_of(next) == 0)
		return PLACE_NONE;
	/* A blank goes with what is before it, a closing bracket too. */
	if (!parted || is_closing(next) || is_sign(next))
		return PLACE_CHARACTER;
	if (is_stop(past->sign))
		return PLACE_SENTENCE;
	return is_sign(past->sign) ? PLACE_CLAUSE : PLACE_WORD;
}

size_t
clause_cut(const char *text, size_t len, size_t max)
{
	enum clause_place best = PLACE_NONE, place;
	struct clause_past past = { 0 };
	size_t at, cut = 0, n;
	uint32_t c;

	if (len <= max)
		return len;
	for (at = 0; at <= max; at += n) {
		n = utf8_decode(text + at, len - at, &c);
		if (n == 0)
			break;
		place = judge_place(&past, c);
		if (cut <= max / 2 || place >= best) {
			best = place;
			cut = at;
		}
		past.blank = utf8_is_blank(c);
		if (!is_closing(c))
			past.sign = c;
	}
	return cut;
}

/* A word before a full stop that has at least so many characters is no
 * abbreviation. */
#define WORD_CHARACTERS 4

/* The word that is read, and whether a line has ended behind it. */
struct clause_word {
	size_t characters, before; /* of this one, and before the last sign */
	bool line;
};

static void
word_go_on(struct clause_word *w, const struct clause_past *past, uint32_t c)
{
	if (c == '\n')
		w->line = true;
	else if (!utf8_is_blank(c))
		w->line = false;
	if (is_sign(c))
		w->before = w->characters;
	else if (past->blank)
		w->characters = 0;
	if (!is_sign(c) && !is_closing(c))
		w->characters++;
}

size_t
clause_over(const char *text, size_t len)
{
	struct clause_past past = { 0 };
	struct clause_word word = { 0 };
	size_t at, over = 0, n;
	uint32_t c;

	for (at = 0; at < len; at += n) {
		n = utf8_decode(text + at, len - at, &c);
		if (n == 0)
			break;
		if (word.line && !utf8_is_blank(c))
			over = at;
		else if (judge_place(&past, c) == PLACE_SENTENCE &&
			 (past.sign != '.' || word.before >= WORD_CHARACTERS))
			over = at;
		word_go_on(&word, &past, c);
		past.blank = utf8_is_blank(c);
		if (!is_closing(c))
			past.sign = c;
	}
	return over;
}
