/*
 * The lines that a text is shown in, one at a time, and the line that a place
 * in the text belongs to. Pure.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_LINE_H
#define STREAMER_SUPERVISOR_CAPTIONS_LINE_H

#include <stddef.h>

/* A line is so wide; Han, kana, Hangul and emoji are two wide. */
#define LINE_CELLS 42
/* A line has at most so many bytes: accents behind a letter stay with it, but
 * not without an end. */
#define LINE_BYTES (2 * LINE_CELLS * 4)

/* A line is text[from] to text[to - 1], without blanks around it. */
struct line {
	size_t from, to;
};

/* Returns the line in which text[at] stands; of blanks between two lines the
 * one before. `text` is valid UTF-8. The lines of a text stay the same when
 * more text follows, but for the last one. */
struct line line_at(const char *text, size_t len, size_t at);

#endif
