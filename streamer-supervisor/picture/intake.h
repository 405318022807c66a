/* Frames out of a stream of Y4M, each in a block of its own. Pure. */
#ifndef STREAMER_SUPERVISOR_PICTURE_INTAKE_H
#define STREAMER_SUPERVISOR_PICTURE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/picture/y4m.h"
#include "streamer-supervisor/picture/block.h"

struct intake {
	unsigned width, height;
	struct y4m y4m;
	struct block *filling; /* NULL: none begun */
	/* A frame came whole; its block is the receiver's. Returns false when
	 * it takes no more for now. */
	bool (*frame)(void *arg, struct block *b, const struct y4m *y);
	void *arg;
};

void intake_init(struct intake *in, unsigned width, unsigned height,
    bool (*frame)(void *arg, struct block *b, const struct y4m *y), void *arg);

/* Makes it ready for a stream that begins. */
void intake_begin(struct intake *in);
/* Lets go what is not whole. */
void intake_end(struct intake *in);

/* Takes all, or up to the frame after which the receiver takes no more. Returns
 * how much was taken. Fails with ERR_INVALID, and in->y4m.why tells what was
 * expected, or with ERR_NOMEM; the stream is then of no more use. */
ptrdiff_t intake_feed(struct intake *in, const uint8_t *data, size_t len);

#endif
