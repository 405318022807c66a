#include "ttsd/engines/espeak/digits.h"

#include <ctype.h>
#include <espeak-ng/speak_lib.h>
#include <stdbool.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/engines/espeak/reading.h"

#define SAID_BYTES 128

struct numerals {
	const char *language; /* as the voice's first, up to a hyphen */
	const char *words[10];
};

/* The words stand as the voices read them: Cherokee and K'iche' in Latin
 * letters. Zero is a loan where the language has no word of its own for the
 * digit. */
static const struct numerals table[] = {
	{ "chr", { "tla gosdi", "sowo", "tali", "tsoi", "nvgi", "hisgi",
		     "sudali", "galiquogi", "tsunela", "sonela" } },
	{ "cv", { "нуль", "пӗрре", "иккӗ", "виҫҫӗ", "тӑваттӑ", "пиллӗк",
		    "улттӑ", "ҫиччӗ", "саккӑр", "тӑххӑр" } },
	{ "he", { "אפס", "אחת", "שתיים", "שלוש", "ארבע", "חמש", "שש", "שבע",
		    "שמונה", "תשע" } },
	/* Nepali has numerals for its own digits alone. */
	{ "ne", { "०", "१", "२", "३", "४", "५", "६", "७", "८", "९" } },
	{ "nog", { "ноль", "бир", "эки", "уьш", "доьрт", "бес", "алты", "ети",
		     "сегиз", "тогыз" } },
	{ "quc", { "sero", "jun", "keb", "oxib", "kajib", "job", "waqib",
		     "wuqub", "wajxaqib", "belejeb" } },
	{ "qya", { "munta", "minë", "atta", "neldë", "canta", "lempë", "enquë",
		     "otso", "tolto", "nertë" } },
	{ "si", { "බින්දුව", "එක", "දෙක", "තුන", "හතර", "පහ", "හය", "හත", "අට",
		    "නවය" } },
	{ "sjn", { "sero", "mîn", "tâd", "neledh", "canad", "leben", "eneg",
		     "odog", "toloth", "neder" } },
	{ "tk", { "nol", "bir", "iki", "üç", "dört", "bäş", "alty", "ýedi",
		    "sekiz", "dokuz" } },
};

/* A voice does one of these with digits. */
enum ability {
	SAYS_NUMBERS,
	SAYS_SOME, /* some digits sound alike when they stand alone */
	SAYS_OWN,  /* its own script's digits; ours in another language */
	SAYS_NONE, /* of some digits or all */
};

static const struct numerals *
find_numerals(void)
{
	const espeak_VOICE *voice = espeak_GetCurrentVoice();
	const char *language;
	size_t i, len;

	if (voice == NULL || voice->languages == NULL ||
	    voice->languages[0] == '\0')
		return NULL;
	language = voice->languages + 1; /* behind its priority */
	len = strcspn(language, "-");
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strlen(table[i].language) == len &&
		    strncmp(table[i].language, language, len) == 0)
			return &table[i];
	return NULL;
}

static bool
has_sound(const char *said)
{
	for (; *said; said++)
		if (isalnum((unsigned char)*said) || *said == '@')
			return true;
	return false;
}

static bool
is_native_digit(const char *word)
{
	return utf8_length(word, strlen(word)) == 1;
}

static enum ability
ask_ability(const struct numerals *numerals)
{
	char said[10][SAID_BYTES], digit[] = "0";
	enum ability ability = SAYS_NUMBERS;
	size_t i, j;

	for (i = 0; i < 10; i++) {
		digit[0] = (char)('0' + i);
		reading_phonemes(digit, said[i], SAID_BYTES);
		if (!has_sound(said[i]))
			return SAYS_NONE;
		for (j = 0; j < i; j++)
			if (strcmp(said[i], said[j]) == 0)
				ability = SAYS_SOME;
	}
	if (is_native_digit(numerals->words[0]) && strchr(said[0], '('))
		return SAYS_OWN;
	return ability;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
run_of_digits(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_digit(text[n]))
		n++;
	return n;
}

/* Alone but for zeros before it, or behind a point: said as a digit. */
static bool
stands_alone(const char *digits, size_t n, char before)
{
	while (n > 1 && *digits == '0') {
		digits++;
		n--;
	}
	return n == 1 || before == '.';
}

static int
spell_digits(struct spoken *s, const struct numerals *numerals,
    const char *digits, size_t n, const struct spoken_origin *origins)
{
	const char *word;
	bool native = false;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++) {
		word = numerals->words[digits[i] - '0'];
		native = is_native_digit(word);
		if (!native)
			rc = spoken_put(s, " ", 1,
			    (struct spoken_origin){ origins[i].offset, 0 });
		if (rc == 0)
			rc = spoken_put(s, word, strlen(word), origins[i]);
	}
	if (rc == 0 && !native)
		rc = spoken_put(s, " ", 1,
		    (struct spoken_origin){
			origins[n - 1].offset + origins[n - 1].length, 0 });
	return rc;
}

static int
copy_spelled(struct spoken *s, const struct numerals *numerals,
    enum ability ability, const char *text, size_t len,
    const struct spoken_origin *origins)
{
	size_t n, others;
	char before = 0;
	int rc = 0;

	while (rc == 0 && len > 0) {
		for (others = 0; others < len && !is_digit(text[others]);)
			others++;
		if (others > 0) {
			rc = spoken_take(s, text, others, origins);
			before = text[others - 1];
			origins += utf8_length(text, others);
		}
		text += others;
		len -= others;
		n = run_of_digits(text, len);
		if (rc == 0 && n > 0) {
			if (ability == SAYS_SOME &&
			    !stands_alone(text, n, before))
				rc = spoken_take(s, text, n, origins);
			else
				rc =
				    spell_digits(s, numerals, text, n, origins);
		}
		text += n;
		len -= n;
		origins += n;
	}
	return rc;
}

static bool
has_digit(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (is_digit(text[i]))
			return true;
	return false;
}

int
digits_spell(struct spoken *s, struct spoken *from)
{
	const struct numerals *numerals = find_numerals();
	enum ability ability = SAYS_NUMBERS;
	size_t len;
	const char *text = spoken_text(from, &len);

	if (text == NULL)
		return ERR_NOMEM;
	if (numerals && has_digit(text, len))
		ability = ask_ability(numerals);
	if (ability == SAYS_NUMBERS)
		return spoken_take(s, text, len, from->chars);
	return copy_spelled(s, numerals, ability, text, len, from->chars);
}
