#include "ttsd/engines/espeak/words.h"

#include <ctype.h>

#include "common/utf8.h"
#include "ttsd/engines/kit/kit.h"

/* The text that is spoken, and where the reader of positions stands. */
static struct {
	const char *text;
	size_t len;
	size_t at_char, at_byte;
} now;

static bool
is_space(uint32_t c)
{
	return c <= ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
	       c == 0x3000;
}

/* Moves to a character of the text; positions are close to each other, so
 * long texts cost no more than short ones. */
static void
seek_char(size_t index)
{
	while (now.at_char > index) {
		do
			now.at_byte--;
		while ((now.text[now.at_byte] & 0xc0) == 0x80);
		now.at_char--;
	}
	while (now.at_char < index && now.at_byte < now.len) {
		now.at_byte += utf8_offset(now.text + now.at_byte, 4, 1);
		now.at_char++;
	}
}

static size_t
char_at(size_t byte, uint32_t *c)
{
	*c = 0;
	return utf8_decode(now.text + byte, now.len - byte, c);
}

/* Letters and digits of Latin, Greek and Cyrillic. */
static bool
is_word_char(uint32_t c)
{
	if (c < 0x80)
		return isalnum((int)c);
	if (c == 0xd7 || c == 0xf7 || c == 0x37e || c == 0x387)
		return false;
	return (c >= 0xc0 && c < 0x530) || (c >= 0x1e00 && c < 0x2000);
}

static bool
joins_words(uint32_t c)
{
	return c == '\'' || c == '-' || c == 0x2019 || c == 0x2010 ||
	       c == 0x2011;
}

/* Characters that belong to the word which the span broke off in: it has 31
 * at most, and stops at "don" in "don't" and at "well" in "well-known". */
static size_t
rest_of_word(size_t byte)
{
	size_t count = 0, n, more;
	uint32_t c, behind;

	for (;; byte += n, count++) {
		n = char_at(byte, &c);
		if (is_word_char(c))
			continue;
		more = n ? char_at(byte + n, &behind) : 0;
		if (more == 0 || !joins_words(c) || !is_word_char(behind))
			return count;
	}
}

void
words_begin(const char *text, size_t len)
{
	now.text = text;
	now.len = len;
	now.at_char = now.at_byte = 0;
}

/* The library counts from 1, and its spans may reach over blanks or over the
 * end of the text where one word is spoken as several ("3,5"). */
int
words_say(uint64_t sample, int position, int length)
{
	size_t skipped = 0, end = 0, i, byte, n;
	uint32_t c, last = 0;

	if (position < 1 || length < 1)
		return 0;
	seek_char((size_t)position - 1);
	byte = now.at_byte;
	for (i = 0; i < (size_t)length; i++) {
		n = char_at(byte, &c);
		if (n == 0)
			break;
		byte += n;
		if (!is_space(c)) {
			end = i + 1;
			last = c;
		} else if (end == 0) {
			skipped++;
		}
	}
	if (end == 0)
		return 0;
	if (end == i && is_word_char(last))
		end += rest_of_word(byte);
	return kit_word(sample, now.at_char + skipped, end - skipped);
}
