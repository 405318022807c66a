/* What fold.c reads; scripts/fold-table writes it. All sorted. */
#ifndef COMMON_TEXT_FOLD_TABLE_H
#define COMMON_TEXT_FOLD_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Characters from first to last; the first of them becomes `to`, the second
 * to + 1. */
struct fold_run {
	uint32_t first, last, to;
};

/* A character that becomes several. */
struct fold_text {
	uint32_t c;
	const char *to;
};

/* Two characters that become one. */
struct fold_pair {
	uint32_t base, mark, to;
};

extern const struct fold_run fold_runs[];
extern const struct fold_text fold_texts[];
extern const struct fold_pair fold_pairs[];
extern const size_t fold_run_count, fold_text_count, fold_pair_count;

#endif
