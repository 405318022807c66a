/*
 * How ffmpeg names what it writes: the segments of a list, files by the clock,
 * files by number. Pure.
 */
#ifndef STREAMER_SUPERVISOR_KEEPER_NAMES_H
#define STREAMER_SUPERVISOR_KEEPER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Splits a path behind its last separator: returns the name, and how many bytes
 * of the path are its folder, without the separator unless it is the root. */
const char *names_split(const char *path, size_t *folder_len);

/* Is `name` made of the prefix, digits and the suffix? Then `number` is what
 * the digits say. */
bool names_number(const char *name, const char *prefix, size_t prefix_len,
    const char *suffix, int64_t *number);

/* Takes "a-%05d.mp3" apart: `prefix_len` bytes, a number of at least `width`
 * digits, the suffix. False where there is no such number. */
bool names_parse_number(
    const char *pattern, size_t *prefix_len, int *width, const char **suffix);

/* The path that a pattern of strftime(3) gives at a time, in local time. False
 * where it is too long. */
bool names_at(const char *pattern, time_t at, char *out, size_t size);

/* "a/b.mp3" as "a/b.N.mp3". False where it is too long. */
bool names_aside(const char *path, unsigned n, char *out, size_t size);

/* The first and last segment that a list names, as pieces of its text; both
 * NULL where it names none. Lines end in '\n'. */
struct names_listed {
	const char *first, *last;
	size_t first_len, last_len;
};
void names_in_list(const char *text, size_t len, struct names_listed *out);

#endif
