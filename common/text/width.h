/* How many columns of a terminal a text takes: Chinese, Japanese and Korean
 * characters take two, accents that stand alone none. Pure. */
#ifndef COMMON_TEXT_WIDTH_H
#define COMMON_TEXT_WIDTH_H

#include <stddef.h>
#include <stdint.h>

/* 0, 1 or 2; controls, which no text that is printed has, count as 1. */
unsigned width_of(uint32_t cp);

/* That of valid UTF-8. */
size_t width_text(const char *text, size_t len);

/* How many bytes of it fit in so many columns, no character being cut, nor what
 * stands over it left behind. */
size_t width_fit(const char *text, size_t len, size_t columns);

#endif
