/*
 * Whole files of coded sound to kit_pcm(), by libsndfile: Ogg (Vorbis, Opus),
 * FLAC, MP3 where that library has it, AIFF and many more.
 */
#ifndef TTSD_ENGINES_SOUND_DECODE_H
#define TTSD_ENGINES_SOUND_DECODE_H

#include <stddef.h>
#include <stdint.h>

/* Plays the file of `len` bytes, which calls itself `what`, and counts the
 * frames passed on. For run() to return: what kit_fail() returns where it
 * cannot be played, errors as kit_pcm(). */
int decode_play(
    const char *what, const uint8_t *file, size_t len, uint64_t *frames);

#endif
