/* Whom a file or folder belongs to, and who else may change it. */
#ifndef PLATFORM_WIN32_TRUST_H
#define PLATFORM_WIN32_TRUST_H

#include <stddef.h>

/* ERR_UNTRUSTED unless it belongs to us, to an administrator or to an account
 * of the system, and nobody else may write there: then `fault` says who, to be
 * put behind the path. */
int trust_check(const wchar_t *path, char *fault, size_t size);

#endif
