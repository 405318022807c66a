#include "streamer-supervisor/ear/compare/drop_outs.h"

/* Sound that lacks for longer is no drop-out. */
#define DROP_OUT_MAX 20
/* What is so much fainter than the loudest of late, 18 dB, a codec may replace
 * by noise that is as loud: Opus at 32 kbit/s does so with one block of 270,
 * fricatives all of them. Such a block is lost only if it comes 6 dB too low.
 */
#define FAINT 0.016f
#define LOST 0.25f
/* The loudest is forgotten over about so many blocks of sound. */
#define LOUDEST_BLOCKS 64

void
drop_outs_begin(struct drop_outs *d)
{
	d->lacking = 0;
}

void
drop_outs_break(struct drop_outs *d)
{
	d->came = false;
}

void
drop_outs_restart(struct drop_outs *d)
{
	d->came = false;
	d->end = 0;
}

/* Has a block of sound come, if only its loudness where it is faint? */
static bool
block_came(const struct drop_outs *d, const struct block *b)
{
	return block_matches(b) ||
	       (b->sent < FAINT * d->loudest && b->heard >= LOST * b->sent);
}

void
drop_outs_take(struct drop_outs *d, const struct block *b)
{
	if (!b->sent_sounds || b->number < d->end)
		return;
	if (!block_came(d, b)) {
		d->lacking++;
		return;
	}
	d->loudest -= d->loudest / LOUDEST_BLOCKS;
	d->loudest = b->sent > d->loudest ? b->sent : d->loudest;
	if (d->came && d->lacking > 0 && d->lacking <= DROP_OUT_MAX)
		d->count++;
	d->came = true;
	d->lacking = 0;
	d->end = b->number + 1;
}
