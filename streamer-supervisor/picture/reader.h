/*
 * One reader of the stream of sound and picture.
 *
 * It begins with the next frame's sample, which is its time 0: an encoder of a
 * constant rate counts its frames from 0, and rounds the times of others, by up
 * to half a frame. What it does not read
 * in time piles up: it loses frames first, for the backlog keeps few of them,
 * and past the bound it is moved to the live edge. Its times go on as if it had
 * read all, so that sound and picture stay in step for it.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_READER_H
#define STREAMER_SUPERVISOR_PICTURE_READER_H

#include <stdbool.h>

#include "platform/platform.h"
#include "streamer-supervisor/picture/backlog.h"

struct reader;

struct reader_events {
	/* The reader takes more again. */
	void (*writable)(void *arg, struct reader *r);
	/* The connection is over. */
	void (*gone)(void *arg, struct reader *r);
};

struct reader {
	struct reader *next; /* in the list of all */
	const struct reader_events *events;
	void *arg;
	struct stream *stream;
	const struct backlog *backlog;
	uint32_t rate_hz, fps;
	unsigned unit; /* bytes of a sample of all channels */
	uint64_t next_piece;
	uint64_t origin; /* the sample that is its time 0 */
	bool begun;      /* it has an origin */
	/* What is being sent: some of our own bytes, then a block from a place
	 * on. */
	uint8_t head[MATROSKA_HEADER_MAX];
	size_t head_len, sent;
	struct block *block; /* NULL: none behind the head */
	size_t from;
	uint64_t skips, frames_lost;
};

/* Makes a reader, which takes over the stream and begins at the live edge. The
 * backlog must outlive it. NULL: there is no memory; the stream is closed. */
struct reader *reader_new(struct stream *s, const struct matroska_format *f,
    const struct backlog *backlog, const struct reader_events *events,
    void *arg);
void reader_free(struct reader *r);

/* Gives the reader all that it takes, up to `live`, the sample that comes next.
 * More than `lag_max` samples behind, it is moved there. Returns false when the
 * connection is over. */
bool reader_push(struct reader *r, uint64_t live, uint64_t lag_max);

#endif
