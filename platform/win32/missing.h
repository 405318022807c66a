/* Functions that POSIX has and the C library of Windows has not, under the same
 * names; the compiler includes this before all else. */
#ifndef PLATFORM_WIN32_MISSING_H
#define PLATFORM_WIN32_MISSING_H

#include <stddef.h>

char *strndup(const char *text, size_t len);
char *strcasestr(const char *text, const char *part);

#endif
