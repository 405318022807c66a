/*
 * UTF-8 as RFC 3629 defines it: no surrogates, no over-long forms, nothing
 * above U+10FFFF.
 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length in bytes (1 to 4) of the well-formed character at s, 0 where there
 * is none within `len` bytes. *cp receives the code point when not NULL. */
size_t utf8_decode(const char *s, size_t len, uint32_t *cp);

/* Writes the 1 to 4 bytes of a code point; returns how many. (jansson has a
 * utf8_encode, which a static build would meet.) */
size_t utf8_put(uint32_t cp, char out[4]);

/* Is it white space (property White_Space of Unicode), as U+3000 is? Or one of
 * the controls TAB to CR. */
bool utf8_is_blank(uint32_t cp);

/* Is it a control (category Cc of Unicode) that is no white space? */
bool utf8_is_control(uint32_t cp);

bool utf8_valid(const char *s, size_t len);

/* The number of characters in `len` bytes of valid UTF-8. */
size_t utf8_length(const char *s, size_t len);

/* Byte offset of character number `index` (0-based), or of the end of the
 * string when it has fewer characters. s is valid UTF-8. */
size_t utf8_offset(const char *s, size_t len, size_t index);

/* Copies src to dst as one safe line for logs and messages: control
 * characters, separators of lines and what turns the direction of text (UAX #9:
 * embeddings, overrides, isolates) and malformed bytes become '?', long input
 * is cut at a character boundary. Always terminates; size > 0. */
void utf8_sanitise(char *dst, size_t size, const char *src, size_t len);

/* Is the text such a line already, of at most `max` bytes? */
bool utf8_is_line(const char *text, size_t max);

#endif
