#include "streamer-supervisor/picture/block.h"

#include <stdlib.h>

struct block *
block_new(size_t len)
{
	struct block *b = malloc(sizeof(*b) + len);

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
	if (b && --b->holders == 0)
		free(b);
}
