/* The tables behind script.c; nobody else needs them. */
#ifndef TTSD_TEXT_SCRIPT_TABLE_H
#define TTSD_TEXT_SCRIPT_TABLE_H

#include "ttsd/text/script.h"

struct script_range {
	uint32_t first, last;
	enum script script;
};

/* Sorted, without overlaps. */
extern const struct script_range script_ranges[];
extern const size_t script_range_count;

/* Sorted UTF-8, three bytes a character. */
extern const char script_chinese_only[];
extern const size_t script_chinese_only_len;

#endif
