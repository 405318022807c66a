/* What width.c reads; scripts/width-table writes it. Sorted. */
#ifndef COMMON_TEXT_WIDTH_TABLE_H
#define COMMON_TEXT_WIDTH_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct width_range {
	uint32_t first, last;
};

extern const struct width_range wide_ranges[], no_width_ranges[];
extern const size_t wide_range_count, no_width_range_count;

#endif
