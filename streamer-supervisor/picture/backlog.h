/*
 * What went out lately, for readers that are a little behind. Pure.
 *
 * Sound is small and is kept for a while; of the frames, which are large, only
 * the newest few. So who is behind loses frames first, and sound only when it
 * is far behind.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_BACKLOG_H
#define STREAMER_SUPERVISOR_PICTURE_BACKLOG_H

#include "common/picture/matroska.h"
#include "streamer-supervisor/picture/block.h"

/* Four seconds and more of sound in pieces of 2 ms, with 60 frames a second. */
#define BACKLOG_PIECES 4096
#define BACKLOG_FRAMES 8

/* A piece of the stream: a block, and the time at which it is heard or seen. */
struct piece {
	struct block *block; /* NULL: a frame that is not kept any more */
	enum matroska_track track;
	uint64_t sample;
};

/* Starts as zeroes. */
struct backlog {
	struct piece pieces[BACKLOG_PIECES];
	uint64_t end; /* the number of the next piece; they count from 0 */
	uint64_t frames[BACKLOG_FRAMES]; /* the numbers of the newest */
	uint64_t frame_count;            /* of all so far */
};

/* Adds a piece and takes its block over. */
void backlog_put(struct backlog *b, enum matroska_track track, uint64_t sample,
    struct block *block);

/* The piece of that number, below `end`; NULL: it is gone. */
const struct piece *backlog_at(const struct backlog *b, uint64_t number);

void backlog_clear(struct backlog *b);

#endif
