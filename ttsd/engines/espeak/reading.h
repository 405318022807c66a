/*
 * Finds what a voice can read, by what the library answers, not by its version.
 * A character that a voice does not know is spoken as a name in some other
 * language: "Chinese letter, Chinese letter".
 */
#ifndef TTSD_ENGINES_ESPEAK_READING_H
#define TTSD_ENGINES_ESPEAK_READING_H

#include <stdbool.h>
#include <stddef.h>

/* Writes what the voice that is set would say, in the library's own phonemes;
 * cut where it is too long. */
void reading_phonemes(const char *text, char *out, size_t size);

/* Are Chinese characters read as Mandarin by the voice of this identifier?
 * Asked in a copy of the process, where the system has such a thing: a voice
 * that was set is heard in later ones. */
bool reading_is_mandarin(const char *id);

/* 0; or what kit_fail() returns where the text has words in a script that
 * the voice which is set can only name letter by letter. */
int reading_check(const char *text, size_t len);

#endif
