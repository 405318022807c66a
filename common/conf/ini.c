#include "common/conf/ini.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "common/lines.h"
#include "common/picture/colour.h"
#include "common/utf8.h"

#define BOM "\xef\xbb\xbf"

void
ini_begin(struct ini *i, const char *text, size_t len, bool trailing_comments)
{
	size_t bom = strlen(BOM);

	*i = (struct ini){
		.text = text, .len = len, .trailing_comments = trailing_comments
	};
	if (len >= bom && memcmp(text, BOM, bom) == 0) {
		i->text += bom;
		i->len -= bom;
	}
}

/* The length in bytes of the blank with which `s` begins; 0 where it begins
 * with none. */
static size_t
blank_at(const char *s, size_t len)
{
	uint32_t c;
	size_t n = utf8_decode(s, len, &c);

	return n > 0 && utf8_is_blank(c) ? n : 0;
}

struct ini_slice
ini_trim(struct ini_slice t)
{
	size_t n;

	while ((n = blank_at(t.s, t.len)) > 0) {
		t.s += n;
		t.len -= n;
	}
	while (t.len > 0) {
		for (n = 1; n < t.len && n < 4 &&
			    ((uint8_t)t.s[t.len - n] & 0xc0) == 0x80;
		     n++)
			;
		if (blank_at(t.s + t.len - n, n) != n)
			break;
		t.len -= n;
	}
	return t;
}

static bool
is_comment_sign(char c)
{
	return c == '#' || c == ';';
}

/* Is the '#' at `at` the first of a value that is a colour, "key = #rrggbb"? */
static bool
is_colour(struct ini_slice line, size_t at)
{
	size_t before = at, end = at + COLOUR_BYTES;
	uint32_t colour;

	while (before > 0 &&
	       (line.s[before - 1] == ' ' || line.s[before - 1] == '\t'))
		before--;
	return before > 0 && line.s[before - 1] == '=' &&
	       colour_read(line.s + at, line.len - at, &colour) &&
	       (end == line.len || isspace((unsigned char)line.s[end]));
}

/* Cuts a comment off the end of the line. A quote counts only at the start of a
 * word, so that the one in "it's" hides no comment. */
static struct ini_slice
cut_comment(struct ini_slice line)
{
	const char *s = line.s;
	char quote = '\0';
	bool starts;
	size_t i;

	for (i = 0; i < line.len; i++) {
		starts = i == 0 || s[i - 1] == ' ' || s[i - 1] == '\t';
		if (quote) {
			if (s[i] == quote)
				quote = '\0';
		} else if ((s[i] == '"' || s[i] == '\'') &&
			   (starts || s[i - 1] == '=')) {
			quote = s[i];
		} else if (starts && is_comment_sign(s[i]) &&
			   !is_colour(line, i)) {
			line.len = i;
		}
	}
	return line;
}

static struct ini_slice
take_line(struct ini *i)
{
	struct ini_slice line;

	lines_next(&i->text, &i->len, &line.s, &line.len);
	i->number++;
	return line;
}

static void
make_mistake(struct ini_line *out, enum ini_mistake mistake)
{
	out->kind = INI_MISTAKE;
	out->mistake = mistake;
}

/* Divides a line, which is trimmed and not empty, into section, or key and
 * value. */
static void
part_line(struct ini_slice line, struct ini_line *out)
{
	const char *equals = memchr(line.s, '=', line.len);
	size_t left = equals ? (size_t)(equals - line.s) : 0;

	out->key = line;
	if (line.s[0] == '[' && line.s[line.len - 1] != ']') {
		make_mistake(out, INI_NO_BRACKET);
	} else if (line.s[0] == '[') {
		out->kind = INI_SECTION;
		out->key =
		    ini_trim((struct ini_slice){ line.s + 1, line.len - 2 });
	} else if (equals == NULL) {
		make_mistake(out, INI_NO_EQUALS);
	} else {
		out->kind = INI_ENTRY;
		out->key = ini_trim((struct ini_slice){ line.s, left });
		out->value = ini_trim(
		    (struct ini_slice){ equals + 1, line.len - left - 1 });
	}
}

bool
ini_next(struct ini *i, struct ini_line *out)
{
	struct ini_slice line;

	while (i->len > 0) {
		line = take_line(i);
		*out = (struct ini_line){ .number = i->number, .key = line };
		if (memchr(line.s, '\0', line.len) ||
		    !utf8_valid(line.s, line.len)) {
			make_mistake(out, INI_NO_TEXT);
			return true;
		}
		if (i->trailing_comments)
			line = cut_comment(line);
		line = ini_trim(line);
		if (line.len > 0 && !is_comment_sign(line.s[0])) {
			part_line(line, out);
			return true;
		}
	}
	return false;
}
