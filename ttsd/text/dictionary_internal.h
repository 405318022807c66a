/* What dictionary.c (looking up) and dictionary_parse.c (reading) share. */
#ifndef TTSD_TEXT_DICTIONARY_INTERNAL_H
#define TTSD_TEXT_DICTIONARY_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/text/language.h"
#include "ttsd/text/dictionary.h"

struct dictionary_entry {
	char *word; /* folded; the replacement lies behind its terminator */
	const char *replacement;
	unsigned section; /* index */
	unsigned line;
};

struct dictionary_section {
	char language[LANGUAGE_MAX + 1]; /* or "*" */
	size_t first, count;             /* entries */
};

struct dictionary {
	/* Sorted by section, then by the bytes of the word. */
	struct dictionary_entry *entries;
	size_t count, cap;
	struct dictionary_section sections[DICTIONARY_SECTIONS_MAX];
	size_t section_count;
};

#endif
