/*
 * Waiting for files to change while nobody may read them, for what they hold
 * has ended a painter. Their folders may hang; then so does the caller.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_POSIX_CHANGES_H
#define STREAMER_SUPERVISOR_PAINTER_POSIX_CHANGES_H

#include <stddef.h>
#include <stdint.h>

#define CHANGES_FILES_MAX 3

/* Returns when one of the files, of at most CHANGES_FILES_MAX paths, is not
 * what it was any more: at that time, in ms since 1970, or at the first look.
 * A NULL among them is no file. */
void changes_await(const char *const *paths, size_t count, int64_t since_ms);

#endif
