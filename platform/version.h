/* What --version says. */
#ifndef PLATFORM_VERSION_H
#define PLATFORM_VERSION_H

/* Prints a line of the program and its version, and one of the commit, the
 * compiler and the libraries that it was built of. The same sources and tools
 * make the same lines. */
void version_print(const char *program);

#endif
