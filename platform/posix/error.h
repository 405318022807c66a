/* The meaning of an errno, for all that runs on POSIX. */
#ifndef PLATFORM_POSIX_ERROR_H
#define PLATFORM_POSIX_ERROR_H

/* Returns the enum err for an errno. */
int posix_err(int number);

#endif
