/*
 * Forms of characters that voices do not know, to the characters they stand
 * for: full-width letters and digits (Ａ０２３), numbers in circles (①), the
 * digits of all scripts, units in a square (㎞), half-width kana, ligatures,
 * letters with their accents behind them. Punctuation stays, as voices pause
 * at it, but for what joins two digits. Pure.
 */
#ifndef COMMON_TEXT_FOLD_H
#define COMMON_TEXT_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest form that one place becomes. */
#define FOLD_BYTES 64

/* Bytes of valid UTF-8 that are taken at s: a character, with the accents
 * behind it; 0 where len is 0. What is spoken instead goes to `out`, without a
 * terminator. *before: the last character of what was made so far, 0 at the
 * beginning; moved on. */
size_t fold_at(const char *s, size_t len, uint32_t *before,
    char out[FOLD_BYTES], size_t *out_len);

/* Returns how many bytes from s on fold_at() leaves as they are, as far as that
 * is told at a glance: ASCII, Cyrillic, Han. Moves *before on. */
size_t fold_skip(const char *s, size_t len, uint32_t *before);

#endif
