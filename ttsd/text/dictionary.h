/*
 * A pronunciation dictionary: what is written one way and to be spoken as if
 * it were written another.
 *
 *	# comment, as is a line that begins with ';'
 *	[*]                      in every language; so is what stands before
 *	Dr = Doctor              the first section
 *	[en]
 *	Nguyen = win
 *	[de]
 *	ICE = I C E
 *	ICE Sprinter = I C E Sprinter
 *	[cmn]
 *	重庆 = 虫庆
 *
 * It is a text file in UTF-8. The first '=' of a line parts word and
 *replacement, blanks around either don't count, and the replacement may be
 *empty: the word is left out. A section is for a language and for everything
 *below it
 * ([en] also for en-gb; [zh] is [cmn]); the same section may come again, the
 * same word in it may not.
 *
 * It is applied to a text so:
 * - Whole words: "ICE" is not found in "NICE" or "ICE2", but is in "ICE's"
 *   and "ICE-Zug". Languages that put no blanks between words, or hang
 *   particles on them (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese,
 *   Tibetan), have no such bounds.
 * - Case does not count (simple folding of Latin, Greek, Cyrillic and
 *   Armenian letters); composed and decomposed accents are different
 *   letters. A blank in a word stands for any number of blanks, also ends of
 *   lines.
 * - From front to back, the longest word that fits wins; of the same word in
 *   several sections that of the narrowest language. A replacement is not
 *   looked at again.
 *
 * Parsing is O(n log n), applying O(n log m) for n characters and m entries.
 */
#ifndef TTSD_TEXT_DICTIONARY_H
#define TTSD_TEXT_DICTIONARY_H

#include <stddef.h>

#include "ttsd/text/textmap.h"

#define DICTIONARY_FILE_MAX (1024 * 1024) /* bytes */
#define DICTIONARY_ENTRIES_MAX 10000
#define DICTIONARY_SECTIONS_MAX 200
#define DICTIONARY_WORD_MAX 64         /* characters */
#define DICTIONARY_REPLACEMENT_MAX 256 /* characters */
#define DICTIONARY_ERROR_MAX 300

struct dictionary;

struct dictionary_error {
	unsigned line;                   /* 0: the file as a whole */
	char text[DICTIONARY_ERROR_MAX]; /* "FILE:LINE: what is wrong" */
};

/* Reads a whole file's text; `file` is its name for messages. Fails with
 * ERR_INVALID, `e` filled, or ERR_NOMEM; *out is then NULL. */
int dictionary_parse(struct dictionary **out, const char *file,
    const char *text, size_t len, struct dictionary_error *e);
void dictionary_free(struct dictionary *d);

size_t dictionary_count(const struct dictionary *d);

/* Rewrites valid UTF-8 to `out`, which is fresh. With NULL for the language,
 * only entries for every language count. Fails with ERR_FULL or ERR_NOMEM from
 * `out`, whose bound is the caller's: one character can become 1,024 bytes. */
int dictionary_apply(const struct dictionary *d, const char *language,
    const char *text, size_t len, struct rewrite *out);

#endif
