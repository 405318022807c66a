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

/* Is it a decimal digit of any script in use? */
bool character_is_digit(uint32_t cp);

/* Is it a mark that changes the letter before it and belongs to no one script,
 * as combining accents and Arabic vowel signs do? */
bool character_is_mark(uint32_t cp);

/* Is it a hyphen that joins a word? A dash is none. */
bool character_is_hyphen(uint32_t cp);

/* Is it a letter, digit or mark of words that are parted by blanks? Those of
 * Han, Kana, Hangul (whose particles follow without a blank), Thai, Lao, Khmer,
 * Myanmar and Tibetan are not. */
bool character_in_spaced_word(uint32_t cp);

/* Reads the first character and returns its bytes, 0 where `len` is 0; a
 * malformed byte reads as U+FFFD. */
size_t character_at(const char *s, size_t len, uint32_t *cp);

#endif
