#include "streamer-supervisor/picture/backlog.h"

static struct piece *
place(struct backlog *b, uint64_t number)
{
	return &b->pieces[number % BACKLOG_PIECES];
}

static void
empty(struct piece *p)
{
	block_drop(p->block);
	p->block = NULL;
}

/* Lets the pixels of the oldest frame go, if it is there still. */
static void
forget_frame(struct backlog *b, uint64_t number)
{
	if (number + BACKLOG_PIECES > b->end)
		empty(place(b, number));
}

static void
note_frame(struct backlog *b)
{
	uint64_t *oldest = &b->frames[b->frame_count % BACKLOG_FRAMES];

	if (b->frame_count++ >= BACKLOG_FRAMES)
		forget_frame(b, *oldest);
	*oldest = b->end;
}

void
backlog_put(struct backlog *b, enum matroska_track track, uint64_t sample,
    struct block *block)
{
	if (track == MATROSKA_PICTURE)
		note_frame(b);
	empty(place(b, b->end));
	*place(b, b->end) = (struct piece){ block, track, sample };
	b->end++;
}

const struct piece *
backlog_at(const struct backlog *b, uint64_t number)
{
	return number + BACKLOG_PIECES < b->end
		   ? NULL
		   : &b->pieces[number % BACKLOG_PIECES];
}

void
backlog_clear(struct backlog *b)
{
	size_t i;

	for (i = 0; i < BACKLOG_PIECES; i++)
		empty(&b->pieces[i]);
	*b = (struct backlog){ .end = 0 };
}
