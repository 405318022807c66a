/*
 * The files of a folder. posix/kit_folder.c is the POSIX side; a Windows twin
 * needs this one function.
 */
#ifndef TTSD_ENGINES_KIT_KIT_FOLDER_H
#define TTSD_ENGINES_KIT_KIT_FOLDER_H

#include <stddef.h>

/* Calls `each` with the name of every regular file, or link to one, that does
 * not begin with a dot; in no order. It says ERR_FULL or another negative
 * value to stop, which is returned. An enum err where the folder cannot be
 * read. Never waits for what is no file. */
int kit_folder_list(
    const char *dir, int (*each)(void *ctx, const char *name), void *ctx);

#endif
