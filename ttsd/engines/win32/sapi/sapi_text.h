/* Works out numbers and positions for the sapi engine. Pure. */
#ifndef TTSD_ENGINES_WIN32_SAPI_SAPI_TEXT_H
#define TTSD_ENGINES_WIN32_SAPI_SAPI_TEXT_H

#include <stddef.h>
#include <wchar.h>

/* Words a minute as the speech API counts: -10 (a third of its normal speed)
 * to 10 (three times), by powers. */
long sapi_rate(int words_a_minute);

/* Code points in the first `units` of a UTF-16 text. */
size_t sapi_characters(const wchar_t *text, size_t units);

/* The first of "409;9", hexadecimal language ids; 0 for none. */
unsigned long sapi_language(const wchar_t *attribute);

#endif
