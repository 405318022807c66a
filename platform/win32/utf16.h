/* UTF-8 inside, UTF-16 where Windows begins; and its error numbers. No loop,
 * no state: the engine programs use it too. */
#ifndef PLATFORM_WIN32_UTF16_H
#define PLATFORM_WIN32_UTF16_H

#include <stddef.h>

/* Return a copy to be released with free(); NULL when there is no memory, or
 * the text is not UTF-8. */
wchar_t *utf16_dup(const char *text);
char *utf8_dup(const wchar_t *text);

/* Writes UTF-8 into a buffer. Fails with ERR_TOO_LONG. */
int utf16_to_utf8(const wchar_t *text, char *out, size_t size);

/* The command line's words as UTF-8; NULL-terminated, never released. */
char **utf8_words(int argc, wchar_t **argv);

/* The enum err for a Win32 error. */
int win32_err(unsigned long error);

#endif
