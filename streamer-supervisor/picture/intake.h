/* Frames out of a stream of Y4M, each in a block of its own; who sends them may
 * be held up. Pure. */
#ifndef STREAMER_SUPERVISOR_PICTURE_INTAKE_H
#define STREAMER_SUPERVISOR_PICTURE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/picture/two_frames.h"
#include "common/picture/y4m.h"
#include "platform/platform.h"
#include "streamer-supervisor/picture/block.h"

/* Reading stops while the sender is held up: no more waits than what came with
 * the frame after which it was. */
#define INTAKE_REST_MAX (2 * STREAM_READ_MAX)

struct intake {
	unsigned width, height;
	/* Where their pixels are, the number being each one's parameter
	 * "frame"; NULL: in the stream. Set it after intake_init(). */
	const struct two_frames *window;
	struct y4m y4m;
	struct block *filling; /* NULL: none begun */
	struct buf rest;       /* that came, and is not taken yet */
	bool held_up;          /* the receiver takes no more: stop reading */
	/* A frame came whole; its block is the receiver's. Returns false when
	 * it takes no more for now. */
	bool (*frame)(void *arg, struct block *b, const struct y4m *y);
	void *arg;
};

void intake_init(struct intake *in, unsigned width, unsigned height,
    bool (*frame)(void *arg, struct block *b, const struct y4m *y), void *arg);

/* Frees all that it holds. */
void intake_done(struct intake *in);

/* Makes it ready for a stream that begins. */
void intake_begin(struct intake *in);
/* Lets go what is not whole. */
void intake_end(struct intake *in);

/* Takes what comes. Fails with ERR_INVALID, and in->y4m.why tells what was
 * expected, or with ERR_NOMEM or ERR_FULL; the stream is then of no more use.
 */
int intake_feed(struct intake *in, const uint8_t *data, size_t len);
/* The receiver takes frames again: takes what waits. Fails as the other does.
 */
int intake_go_on(struct intake *in);

#endif
