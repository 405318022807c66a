/*
 * What an ffmpeg says of itself: its version, and the lists of what it can
 * do. Pure; any bytes are fine.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_LISTING_H
#define STREAMER_SUPERVISOR_FFMPEG_LISTING_H

#include <stdbool.h>
#include <stddef.h>

/* What `ffmpeg -protocols`, `-muxers` and `-encoders` list. */
enum listing { LISTING_PROTOCOLS, LISTING_MUXERS, LISTING_ENCODERS, LISTINGS };

/* Is `name` in the output of `ffmpeg -protocols`, -muxers or -encoders? */
bool listing_has(const char *text, size_t len, const char *name);

/* Is the version, "5.1…", at least major.minor? One that is built from git
 * ("N-108000-g…") counts by its number of commits. */
bool listing_at_least(const char *version, int major, int minor);

/* Copies the version in a line of ffmpeg's banner, "5.1.9-0+deb12u1"; "" when
 * the line has none. */
void listing_version(const char *line, char *out, size_t size);

#endif
