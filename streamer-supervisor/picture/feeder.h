/*
 * The child that makes the frames: the painter, or an ffmpeg that reads a
 * picture, a video or a camera. It writes Y4M to its standard output, and may
 * die, hang or write rubbish: it is then started again, with back-off, and what
 * was seen last stays.
 *
 * A directed child, the painter, takes lines on its standard input, puts its
 * pixels into memory that is shared with it where the system has any, and owes
 * frames only while it was asked for them; it is ready with the header of its
 * stream. While it waits to be started again its files are looked at
 * (lookout.h), and it is started when they change. Any other owes them all the
 * time, but not while it is held up because the receiver takes no more; it is
 * ready with the first.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_FEEDER_H
#define STREAMER_SUPERVISOR_PICTURE_FEEDER_H

#include <stdbool.h>

#include "common/child/child.h"
#include "common/picture/y4m.h"
#include "platform/platform.h"
#include "streamer-supervisor/picture/block.h"

struct feeder;

struct feeder_spec {
	const char *const *argv; /* NULL-terminated */
	/* As of struct process_spec, of one that is not directed. */
	const char *text;
	/* An option of one that is not directed, which is left out, with its
	 * value, once a child has crashed before its first frame. NULL: none.
	 */
	const char *doubtful;
	unsigned width, height;
	bool directed;
	/* Frames a second that one which is not directed owes; 0: what they
	 * turn out to be. */
	unsigned fps;
};

struct feeder_events {
	/* A process began; of a directed one the input is empty. */
	void (*begun)(void *arg);
	/* A frame, whose block is the receiver's. Returns false when it takes
	 * no more until feeder_go_on(). */
	bool (*frame)(void *arg, struct block *b, const struct y4m *y);
	/* A line of its standard error, which may be changed. */
	void (*said)(void *arg, char *line);
	/* No more frames come for now. */
	void (*failed)(void *arg);
};

/* Makes a child and starts it. What is handed in must outlive it. Fails with
 * ERR_NOMEM or as timer_new(). */
int feeder_new(struct loop *l, const struct feeder_spec *spec,
    const struct feeder_events *events, void *arg, struct feeder **out);
/* NULL is fine. */
void feeder_free(struct feeder *f);

void feeder_go_on(struct feeder *f); /* NULL is fine */

/* Sends a line, which has no newline yet, to a directed child. One that does
 * not take its lines is ended. */
void feeder_send(struct feeder *f, const char *line);
/* A directed child owes frames now, or none. */
void feeder_owes(struct feeder *f, bool owes);

enum child_state feeder_state(const struct feeder *f);
/* Why no frames come, from when the child failed until one of the next comes;
 * "": they come. */
const char *feeder_trouble(const struct feeder *f);
uint64_t feeder_restarts(const struct feeder *f);

#endif
