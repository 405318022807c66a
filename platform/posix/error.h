/* What an errno says, for all that runs on POSIX. */
#ifndef PLATFORM_POSIX_ERROR_H
#define PLATFORM_POSIX_ERROR_H

/* The enum err for an errno. */
int posix_err(int number);

#endif
