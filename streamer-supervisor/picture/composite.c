#include "streamer-supervisor/picture/composite.h"

#include <stdlib.h>

void
composite_done(struct composite *c)
{
	frames_done(&c->base);
	frames_done(&c->over);
	block_drop(c->made);
	c->made = NULL;
	free(c->pairs);
	c->pairs = NULL;
}

/* Finds what is to be seen of a new overlay. */
static void
measure(struct composite *c)
{
	if (c->pairs == NULL)
		c->pairs = calloc(c->height / 2, sizeof(*c->pairs));
	if (c->pairs)
		overlay_measure(
		    c->pairs, c->over.shown->bytes, c->width, c->height);
}

static void
make(struct composite *c)
{
	const struct block *base = c->base.shown;

	block_drop(c->made);
	c->made = NULL;
	if (c->over.shown == NULL)
		return;
	if (c->over.is_new)
		measure(c);
	if (c->pairs)
		c->made = block_new(base->len);
	if (c->made)
		overlay_blend(c->made->bytes, base->bytes, c->over.shown->bytes,
		    c->pairs, c->width, c->height);
}

struct block *
composite_at(struct composite *c, uint64_t n)
{
	frames_at(&c->base, n);
	frames_at(&c->over, n);
	c->is_new = c->base.is_new || c->over.is_new;
	if (c->is_new)
		make(c);
	c->base.is_new = c->over.is_new = false;
	return c->made ? c->made : c->base.shown;
}
