/*
 * Ticket codes and numbers letter by letter: "A023" becomes "A, 0 2 3".
 *
 * A word is a run of Latin, Greek or Cyrillic letters and of digits, parts of
 * it joined by hyphens or not: "A-023" is one. Everything else (Han, blanks,
 * other signs) stays as it is, so "请A023号" becomes "请A, 0 2 3号".
 *
 * Digits are parted by blanks. A letter is followed by a comma as well,
 * unless a sign that does the same follows already: a voice gives a letter
 * its name only where a phrase ends. Without the comma espeak-ng (1.51) reads
 * the "A" of "A 0 2 3" as the English article, "В 0 2" as the Russian "in",
 * "Y" as the French "there"; and a caller pauses there, too.
 *
 * Marks on a letter (accents as characters of their own) stay with it.
 */
#ifndef TTSD_TEXT_SPELL_H
#define TTSD_TEXT_SPELL_H

#include "ttsd/text/textmap.h"

enum spell {
	SPELL_ALL,   /* every word */
	SPELL_CODES, /* words that hold a digit */
};

/* The spelled text of `len` bytes has at most so many bytes. */
#define SPELL_MAX(len) ((len)*3)

/* Rewrites valid UTF-8 to `out`, which is fresh. What was put in maps to
 * nothing, so a character of a word maps to just itself. Fails with ERR_FULL or
 * ERR_NOMEM from `out`. */
int spell(const char *text, size_t len, enum spell mode, struct rewrite *out);

#endif
