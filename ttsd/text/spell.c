#include "ttsd/text/spell.h"

#include <stdbool.h>

#include "ttsd/text/character.h"
#include "ttsd/text/script.h"

static bool
is_letter(uint32_t c)
{
	enum script script = script_of(c);

	return script == SCRIPT_LATIN || script == SCRIPT_GREEK ||
	       script == SCRIPT_CYRILLIC;
}

static bool
may_spell(uint32_t c)
{
	return is_letter(c) || character_is_digit(c);
}

/* Returns how many bytes the word has that `s` begins with, 0 for none. */
static size_t
word_at(const char *s, size_t len, bool *has_digit)
{
	size_t at = 0, n, more;
	uint32_t c, behind;

	*has_digit = false;
	for (; (n = character_at(s + at, len - at, &c)) > 0; at += n) {
		if (may_spell(c)) {
			*has_digit |= character_is_digit(c);
			continue;
		}
		if (at == 0)
			return 0;
		more = character_at(s + at + n, len - at - n, &behind);
		if (!character_is_mark(c) &&
		    !(character_is_hyphen(c) && more > 0 && may_spell(behind)))
			break;
	}
	return at;
}

/* Returns how many bytes a letter or digit has with its marks. */
static size_t
letter_at(const char *s, size_t len, bool *letter)
{
	size_t at, n;
	uint32_t c;

	at = character_at(s, len, &c);
	*letter = is_letter(c);
	while ((n = character_at(s + at, len - at, &c)) > 0 &&
	       character_is_mark(c))
		at += n;
	return at;
}

/* Does what follows end a phrase by itself, as the end of the text does? */
static bool
is_pause(const char *s, size_t len)
{
	static const uint32_t pauses[] = { ',', '.', ';', ':', '!', '?', ')',
		0x2026, 0x3001, 0x3002, 0xff0c, 0xff01, 0xff1f, 0xff1b, 0xff1a,
		0x060c, 0 };
	uint32_t c;
	size_t i;

	if (character_at(s, len, &c) == 0)
		return true;
	for (i = 0; pauses[i]; i++)
		if (c == pauses[i])
			return true;
	return false;
}

/* Parts a letter or digit from what follows in its word; hyphens go. */
static int
part(const char **s, const char *word_end, const char *text_end, bool letter,
    struct rewrite *out)
{
	size_t hyphen = 0;
	uint32_t c;

	if (*s < word_end) {
		hyphen = character_at(*s, (size_t)(word_end - *s), &c);
		if (!character_is_hyphen(c))
			hyphen = 0;
		*s += hyphen;
		return rewrite_replace(out, *s - hyphen, hyphen,
		    letter ? ", " : " ", letter ? 2 : 1);
	}
	if (!letter || is_pause(*s, (size_t)(text_end - *s)))
		return 0;
	return rewrite_replace(out, "", 0, ",", 1);
}

static int
spell_word(const char *s, size_t len, const char *text_end, struct rewrite *out)
{
	const char *end = s + len;
	bool letter;
	size_t n;
	int rc;

	while (s < end) {
		n = letter_at(s, (size_t)(end - s), &letter);
		rc = rewrite_keep(out, s, n);
		if (rc < 0)
			return rc;
		s += n;
		rc = part(&s, end, text_end, letter, out);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int
spell(const char *text, size_t len, enum spell mode, struct rewrite *out)
{
	const char *end = text + len, *kept = text, *s = text;
	bool has_digit;
	uint32_t c;
	size_t n;
	int rc = 0;

	while (rc == 0 && s < end) {
		n = word_at(s, (size_t)(end - s), &has_digit);
		if (n == 0 || (mode == SPELL_CODES && !has_digit)) {
			s += n ? n : character_at(s, (size_t)(end - s), &c);
			continue;
		}
		if (s > kept)
			rc = rewrite_keep(out, kept, (size_t)(s - kept));
		if (rc == 0)
			rc = spell_word(s, n, end, out);
		s += n;
		kept = s;
	}
	if (rc == 0 && end > kept)
		rc = rewrite_keep(out, kept, (size_t)(end - kept));
	return rc;
}
