/*
 * What the text modules ask about characters beyond their script: case,
 * digits, blanks, marks. Small on purpose; what it leaves out is written
 * here.
 */
#ifndef TTSD_TEXT_CHARACTER_H
#define TTSD_TEXT_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Simple case folding (CaseFolding-15.0.0.txt, C and S) of the letters in
 * use today of Latin, Greek, Cyrillic and Armenian; others are themselves.
 * One character to one character: "ß" is not "ss". */
uint32_t character_fold(uint32_t cp);

/* A decimal digit of any script in use. */
bool character_is_digit(uint32_t cp);

/* Marks that change the letter before them and belong to no one script:
 * combining accents, Arabic vowel signs. */
bool character_is_mark(uint32_t cp);

/* Hyphens that join a word; no dashes. */
bool character_is_hyphen(uint32_t cp);

/* Letters, digits and marks of which words are made that blanks part: not
 * Han, Kana, Hangul (whose particles follow without a blank), Thai, Lao,
 * Khmer, Myanmar, Tibetan. */
bool character_in_spaced_word(uint32_t cp);

/* Bytes of the first character, 0 where len is 0; a malformed byte reads as
 * U+FFFD. */
size_t character_at(const char *s, size_t len, uint32_t *cp);

#endif
