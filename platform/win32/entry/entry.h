/*
 * The programs' portable main() is called from wmain(), which gets the
 * command line as UTF-16. Every program is linked with one of program.c and
 * daemon.c, which differ in the `service` subcommands.
 */
#ifndef PLATFORM_WIN32_ENTRY_ENTRY_H
#define PLATFORM_WIN32_ENTRY_ENTRY_H

#include <wchar.h>

int main(int argc, char **argv);
int wmain(int argc, wchar_t **argv);

/* Readies the process and returns its words as UTF-8. */
char **entry_words(int argc, wchar_t **argv);

#endif
