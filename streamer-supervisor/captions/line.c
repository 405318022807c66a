#include "streamer-supervisor/captions/line.h"

#include <stdbool.h>
#include <stdint.h>

#include "common/utf8.h"

#define FIRST_WIDE 0x2E80 /* radicals of Han; all above but few is wide */
#define JOINER 0x200D

/* Where the line may end: behind what has been walked over. */
struct walk {
	const char *text;
	size_t len, at;
	size_t cells;
	size_t end;      /* the last place where the line may end; 0: none */
	uint32_t before; /* the last character */
};

static size_t
cells_of(uint32_t cp)
{
	return cp >= FIRST_WIDE ? 2 : 1;
}

static bool
is_between(uint32_t cp, uint32_t from, uint32_t to)
{
	return cp >= from && cp <= to;
}

/* Does the character belong to the one before it? */
static bool
is_attached(uint32_t cp, uint32_t before)
{
	return before == JOINER || cp == JOINER ||
	       is_between(cp, 0x0300, 0x036F) || /* accents */
	       is_between(cp, 0xFE00, 0xFE0F) || /* variants of emoji */
	       is_between(cp, 0x1F3FB, 0x1F3FF); /* tones of skin */
}

/* Signs of the East that begin no line. */
static bool
is_closing(uint32_t cp)
{
	static const uint16_t signs[] = { 0x3001, 0x3002, 0x300B, 0x300D,
		0x300F, 0x3011, 0xFF01, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B,
		0xFF1F };
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i] == cp)
			return true;
	return false;
}

/* Ends a line without fail. */
static bool
is_line_end(uint32_t cp)
{
	return cp == '\n' || cp == '\r' || cp == 0x2028 || cp == 0x2029;
}

/* May a line end between the last character and this one? */
static bool
may_end_before(const struct walk *w, uint32_t cp)
{
	if (is_attached(cp, w->before) || is_closing(cp))
		return false;
	return utf8_is_blank(cp) || w->before >= FIRST_WIDE || cp >= FIRST_WIDE;
}

/* Is there no room for the character? Without a place to end the line ends
 * within a word, and at twice its width within anything. */
static bool
is_full(struct walk *w, uint32_t cp)
{
	if (utf8_is_blank(cp) || w->cells + cells_of(cp) <= LINE_CELLS)
		return false;
	if (w->end > 0)
		return true;
	if (is_attached(cp, w->before) && w->cells < 2 * LINE_CELLS - 1)
		return false;
	w->end = w->at;
	return true;
}

static size_t
skip_blanks(const char *text, size_t len, size_t at)
{
	uint32_t cp;
	size_t n;

	while ((n = utf8_decode(text + at, len - at, &cp)) > 0 &&
	       utf8_is_blank(cp))
		at += n;
	return at;
}

/* Returns the end of the line that begins at `from`, which is no blank. */
static size_t
line_end(const char *text, size_t len, size_t from)
{
	struct walk w = { .text = text, .len = len, .at = from };
	uint32_t cp;
	size_t n;

	while ((n = utf8_decode(text + w.at, len - w.at, &cp)) > 0) {
		if (is_line_end(cp))
			return w.at;
		if (w.at > from && may_end_before(&w, cp))
			w.end = w.at;
		if (is_full(&w, cp))
			return w.end;
		w.cells += cells_of(cp);
		w.before = cp;
		w.at += n;
	}
	return w.at;
}

/* Takes the blanks off the end. */
static size_t
trim(const char *text, size_t from, size_t to)
{
	size_t at = from, end = from, n;
	uint32_t cp;

	while (at < to && (n = utf8_decode(text + at, to - at, &cp)) > 0) {
		at += n;
		if (!utf8_is_blank(cp))
			end = at;
	}
	return end;
}

struct line
line_at(const char *text, size_t len, size_t at)
{
	size_t from = skip_blanks(text, len, 0), to = from, next = from;

	while (next < len && next <= at) {
		from = next;
		to = line_end(text, len, from);
		next = skip_blanks(text, len, to);
	}
	return (struct line){ from, trim(text, from, to) };
}
