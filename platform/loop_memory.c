#include "platform/loop_memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

#define RESERVE_BYTES ((size_t)256 * 1024)

/* Stands before everything that libev has. */
union block {
	size_t size; /* of what follows */
	max_align_t align;
};

static union block reserve[RESERVE_BYTES / sizeof(union block)];
static size_t reserve_taken; /* of its elements */
static size_t reserve_count; /* blocks of it that are in use */

static bool
is_in_reserve(const union block *b)
{
	uintptr_t at = (uintptr_t)b, first = (uintptr_t)reserve;

	return at >= first && at < first + sizeof(reserve);
}

static union block *
reserve_take(size_t size)
{
	size_t n = 1 + (size + sizeof(union block) - 1) / sizeof(union block);
	union block *b = reserve + reserve_taken;

	if (n > RESERVE_BYTES / sizeof(union block) - reserve_taken)
		return NULL;
	if (reserve_count++ == 0)
		log_warning("memory runs out: the event loop goes on with a "
			    "small reserve; end what else takes memory");
	reserve_taken += n;
	return b;
}

static void
block_free(union block *b)
{
	if (!is_in_reserve(b))
		free(b);
	else if (--reserve_count == 0)
		reserve_taken = 0;
}

/* Gets another block for what `b` holds; NULL is none. */
static union block *
block_move(union block *b, size_t size)
{
	union block *to = malloc(sizeof(*to) + size);

	if (to == NULL)
		to = reserve_take(size);
	if (to == NULL || b == NULL)
		return to;
	memcpy(to + 1, b + 1, b->size < size ? b->size : size);
	block_free(b);
	return to;
}

void *
loop_memory(void *memory, long size)
{
	union block *b = memory ? (union block *)memory - 1 : NULL, *to = NULL;

	if (size <= 0) {
		if (b)
			block_free(b);
		return NULL;
	}
	if (!is_in_reserve(b))
		to = realloc(b, sizeof(*to) + (size_t)size);
	if (to == NULL)
		to = block_move(b, (size_t)size);
	if (to == NULL)
		return NULL;
	to->size = (size_t)size;
	return to + 1;
}
