/*
 * What a configuration names and is not there. A start goes on without it, for
 * it may come yet; --check-config says so, of each, and may wait for a disk.
 */
#ifndef DAEMON_MISSING_H
#define DAEMON_MISSING_H

#include <stdbool.h>

#include "common/conf/conf.h"

struct missing {
	struct conf_error *e; /* the last of them; those before it are said */
	unsigned found;
};

/* Looks for a file, or a folder, that the key of a block names: with NULL or ""
 * as its path it names none. `without` says what a start does without it. */
void missing_file(struct missing *m, const struct conf_block *block,
    const char *key, const char *path, const char *without);
void missing_folder(struct missing *m, const struct conf_block *block,
    const char *key, const char *path, const char *without);

/* Says what else a block lacks, in words of its own: a sentence with what to
 * do. */
void missing_say(struct missing *m, const struct conf_block *block,
    const char *key, const char *why);

/* 0, or ERR_INVALID when something was missing. */
int missing_end(const struct missing *m);

#endif
