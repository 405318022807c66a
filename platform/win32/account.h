/* Accounts of Windows: ours, those of the system, and other people's. */
#ifndef PLATFORM_WIN32_ACCOUNT_H
#define PLATFORM_WIN32_ACCOUNT_H

#include <winsock2.h>
/* winsock2.h has to come first. */
#include <windows.h>

#include <stdbool.h>
#include <stddef.h>

/* Our user's, as text ("S-1-5-…"), to be released with LocalFree(). */
int account_own(wchar_t **out);

/* Is it us, an administrator or an account of the system? Nobody else can log
 * in as one of those. */
bool account_is_trusted(PSID account);

/* Writes its name, "DOMAIN\name", or its number where it has none. */
void account_name(PSID account, char *out, size_t size);

#endif
