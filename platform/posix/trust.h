/* Whom a file or folder belongs to, and who else may change it. */
#ifndef PLATFORM_POSIX_TRUST_H
#define PLATFORM_POSIX_TRUST_H

#include <stdbool.h>
#include <sys/types.h>

/* Is it our user or root? */
bool trust_owner(uid_t owner);

/* May others than the owner write there? */
bool trust_others_write(mode_t mode);

/* A variable of the environment; NULL where it is not set, or empty. */
const char *trust_environment(const char *name);

#endif
