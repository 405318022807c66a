/* Finds the file that a program's name means. */
#ifndef PLATFORM_POSIX_PROGRAM_H
#define PLATFORM_POSIX_PROGRAM_H

#include <stddef.h>

/* Writes the path that execvp() would run for `name`, to be given to execv():
 * execvp() hands a file that is no program to a shell, which would then run
 * whatever text is in it. Returns 0 or an errno. */
int program_find(char *out, size_t size, const char *name);

#endif
