/*
 * The files of gateway/console/, which scripts/embed makes part of the program
 * so that it needs no folder of data.
 */
#ifndef GATEWAY_API_CONSOLE_FILES_H
#define GATEWAY_API_CONSOLE_FILES_H

#include <stddef.h>

struct console_file {
	const char *name, *type;
	const char *tag, *tag_small; /* ETag; of the smaller form another */
	const unsigned char *data;
	size_t len;
	const unsigned char *small; /* the same, by gzip */
	size_t small_len;
};

/* NULL-terminated by name. */
extern const struct console_file console_files[];

#endif
