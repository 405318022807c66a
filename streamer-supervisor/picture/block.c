#include "streamer-supervisor/picture/block.h"

#include <stdlib.h>

/* A frame that nobody holds any more, for the next one: given back to the
 * system and taken anew, page by page, frames were a seventh of all that this
 * process does. */
#define SPARE_BYTES (64 * 1024) /* at least */
static struct block *spare;

static struct block *
spare_take(size_t len)
{
	struct block *b = spare && spare->len == len ? spare : NULL;

	if (b)
		spare = NULL;
	return b;
}

struct block *
block_new(size_t len)
{
	struct block *b = spare_take(len);

	if (b == NULL)
		b = malloc(sizeof(*b) + len);
	if (b) {
		b->holders = 1;
		b->len = len;
	}
	return b;
}

struct block *
block_hold(struct block *b)
{
	b->holders++;
	return b;
}

void
block_drop(struct block *b)
{
	if (b == NULL || --b->holders > 0)
		return;
	if (b->len >= SPARE_BYTES) {
		free(spare);
		spare = b;
	} else {
		free(b);
	}
}
