/* How often did sound lack for a short time, and then go on? Pure. */
#ifndef STREAMER_SUPERVISOR_EAR_COMPARE_DROP_OUTS_H
#define STREAMER_SUPERVISOR_EAR_COMPARE_DROP_OUTS_H

#include "streamer-supervisor/ear/compare/blocks.h"

/* Starts as zeroes. */
struct drop_outs {
	uint64_t count;
	bool came;        /* some sound did, since drop_outs_begin() */
	unsigned lacking; /* blocks of sound since that did */
	float loudest;    /* energy of a block that came of late */
	uint64_t end;     /* blocks before this one are counted */
};

/* The sound is found, maybe elsewhere: what lacked at the old place may come
 * yet. */
void drop_outs_begin(struct drop_outs *d);
/* What comes is lost, or read anew: what lacks next is no drop-out. */
void drop_outs_break(struct drop_outs *d);
/* Blocks are counted from 0 again. */
void drop_outs_restart(struct drop_outs *d);

/* Takes the next block that is judged. One that was taken before counts no
 * second time. */
void drop_outs_take(struct drop_outs *d, const struct block *b);

#endif
