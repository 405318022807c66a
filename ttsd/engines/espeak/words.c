#include "ttsd/engines/espeak/words.h"

#include <ctype.h>

#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/engines/kit/kit.h"

/* The text that is spoken, and where the reader of positions stands. */
static struct {
	const struct spoken *spoken;
	const char *text;
	size_t len;
	size_t at_char, at_byte;
	int position; /* of the word that was found last, to the library */
	size_t told;  /* times before that it was found there */
	struct spoken_origin last; /* the word that was told last */
} now;

static bool
is_space(uint32_t c)
{
	return c <= ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
	       c == 0x3000;
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

/* Letters and marks of the other scripts, roughly: no punctuation. */
static bool
is_foreign_char(uint32_t c)
{
	return c >= 0x530 && !(c >= 0x1e00 && c < 0x2c00) &&
	       !(c >= 0x3000 && c <= 0x3004) && !(c >= 0x3007 && c < 0x3040) &&
	       !(c >= 0xfe10 && c < 0xfe70) && !(c >= 0xff00 && c < 0xff10);
}

/* Chinese and Japanese: every character may be a word. */
static bool
is_lone_char(uint32_t c)
{
	return (c >= 0x2e80 && c < 0xa4d0) || (c >= 0xf900 && c < 0xfb00) ||
	       c >= 0x20000;
}

static bool
joins_words(uint32_t c)
{
	return c == '\'' || c == '-' || c == 0x2019 || c == 0x2010 ||
	       c == 0x2011;
}

static bool
joins_digits(uint32_t c)
{
	return c == '.' || c == ',' || c == ':';
}

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static size_t
char_at(size_t byte, uint32_t *c)
{
	*c = 0;
	return utf8_decode(now.text + byte, now.len - byte, c);
}

static size_t
char_before(size_t byte, uint32_t *c)
{
	size_t n = 0;

	*c = 0;
	while (n < byte && n < 4) {
		n++;
		if ((now.text[byte - n] & 0xc0) != 0x80)
			break;
	}
	if (n > 0)
		utf8_decode(now.text + byte - n, n, c);
	return n;
}

/* Moves to a character of the text; positions are close to each other, so
 * long texts cost no more than short ones. */
static void
seek_char(size_t index)
{
	uint32_t c;

	while (now.at_char > index) {
		now.at_byte -= char_before(now.at_byte, &c);
		now.at_char--;
	}
	while (now.at_char < index && now.at_byte < now.len) {
		now.at_byte += char_at(now.at_byte, &c);
		now.at_char++;
	}
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

/* The word that begins at a byte, in characters. */
static size_t
whole_word(size_t byte)
{
	size_t count = 0, n;
	uint32_t c;

	n = char_at(byte, &c);
	if (is_lone_char(c))
		return 1;
	if (is_word_char(c))
		return rest_of_word(byte);
	for (; n > 0 && is_foreign_char(c); n = char_at(byte, &c), count++)
		byte += n;
	return count;
}

/* Is it a digit, or a sign between two? */
static bool
is_in_number(size_t byte)
{
	uint32_t c, before, behind;
	size_t n = char_at(byte, &c);

	if (is_digit(c))
		return true;
	char_before(byte, &before);
	char_at(byte + n, &behind);
	return joins_digits(c) && is_digit(before) && is_digit(behind);
}

/* Every word of a number is the number: "555" is "five hundred fifty-five",
 * and the library says of its parts that they begin somewhere within. */
static bool
span_of_number(size_t index, size_t byte, struct word *out)
{
	size_t first = byte, end = byte, n;
	uint32_t c;

	if (!is_in_number(byte))
		return false;
	out->first = out->end = index;
	while ((n = char_before(first, &c)) > 0 && is_in_number(first - n)) {
		first -= n;
		out->first--;
	}
	while ((n = char_at(end, &c)) > 0 && is_in_number(end)) {
		end += n;
		out->end++;
	}
	return true;
}

/* Finds what the library's span has in it, without the blanks around. */
static bool
span_of_word(size_t index, size_t byte, size_t length, struct word *out)
{
	uint32_t c, last = 0;
	size_t i, n;

	out->first = out->end = index;
	for (i = 0; i < length; i++) {
		n = char_at(byte, &c);
		if (n == 0)
			break;
		byte += n;
		if (!is_space(c)) {
			out->end = index + i + 1;
			last = c;
		} else if (out->end == index) {
			out->first++;
		}
	}
	if (out->end == index)
		return false;
	if (out->end == index + i && is_word_char(last))
		out->end += rest_of_word(byte);
	return true;
}

/* Spans of the library may reach over blanks, or over the end of the text where
 * one word is spoken as several ("3,5"). The end of a clause may come as a span
 * of a blank, which is no word. */
static void
find_span(size_t length, struct word *out)
{
	size_t index = now.at_char, byte = now.at_byte;

	if (length == 0)
		length = whole_word(byte);
	if (!span_of_number(index, byte, out) &&
	    !span_of_word(index, byte, length, out))
		out->first = out->end = index;
	if (out->end > now.spoken->count)
		out->end = out->first;
}

void
words_start(void)
{
	now.last = (struct spoken_origin){ 0, 0 };
}

int
words_begin(struct spoken *s)
{
	now.spoken = s;
	now.text = spoken_text(s, &now.len);
	now.at_char = now.at_byte = 0;
	now.position = 0;
	return now.text ? 0 : ERR_NOMEM;
}

/* A Chinese character and a digit behind it are one span to the library, which
 * it tells twice. */
static size_t
part_of_span(size_t length)
{
	uint32_t c, behind;
	size_t n = char_at(now.at_byte, &c);

	char_at(now.at_byte + n, &behind);
	if (length < 2 || !is_lone_char(c) || !is_digit(behind))
		return length;
	return now.told < length ? now.told : length - 1;
}

bool
words_find(int position, int length, struct word *out)
{
	size_t index, part;

	if (position < 1 || length < 0)
		return false;
	now.told = position == now.position ? now.told + 1 : 0;
	now.position = position;
	index = (size_t)position - 1;
	seek_char(index);
	part = part_of_span((size_t)length);
	if (part < (size_t)length) {
		length = 1;
		seek_char(index + part);
	}
	find_span((size_t)length, out);
	return true;
}

int
words_say(uint64_t sample, const struct word *found)
{
	const struct spoken_origin *chars = now.spoken->chars;
	struct spoken_origin word;

	if (found->first == found->end)
		return 0;
	word.offset = chars[found->first].offset;
	word.length = chars[found->end - 1].offset +
		      chars[found->end - 1].length - word.offset;
	if (word.offset < now.last.offset)
		word = now.last;
	if (word.length == 0)
		return 0;
	now.last = word;
	return kit_word(sample, word.offset, word.length);
}
