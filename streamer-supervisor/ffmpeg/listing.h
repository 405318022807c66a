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

/* True for a version "5.1…" that is at least major.minor, and for a later
 * one that is built from git ("N-108000-g…"). */
bool listing_at_least(const char *version, int major, int minor);

/* The version in ffmpeg's banner, "5.1.9-0+deb12u1"; "" without one. */
void listing_version(const char *line, char *out, size_t size);

#endif
