/*
 * A board, or what is laid over another picture: what ttsd tells goes to the
 * director, its scenes to the painter, and the painter's frames to their place
 * in the broadcast.
 *
 * One scene is with the painter at a time, and what changes meanwhile is one
 * scene then: a painter that is slow is late, and never further behind. One
 * that dies or hangs is started again, and told everything; until then the last
 * good picture stays.
 *
 * A scene is drawn when all of its frame is told, and has a tenth of a second
 * then. Words and sounds are told ahead, but none is drawn so: what begins, is
 * cut off, shown or measured comes without a lead, and would have to take back
 * all that was drawn beyond it.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_PAINTING_H
#define STREAMER_SUPERVISOR_PICTURE_PAINTING_H

#include <jansson.h>

#include "streamer-supervisor/picture/broadcast.h"
#include "streamer-supervisor/picture/feeder.h"

/* ttsd tells what happens at a sample so soon after the sample itself. It is
 * less than BROADCAST_DRAWING_NS, so no frame is sealed before its scene is
 * known. */
#define PAINTING_TELLING_NS (40 * NS_PER_MS)

struct painting;

struct painting_spec {
	const char *const *argv; /* of the painter, NULL-terminated */
	unsigned width, height, fps;
	bool overlay;              /* what it draws is laid over the picture */
	const char *video;         /* whose `show` is meant */
	const char *const *fields; /* at first, as in struct director_plan */
};

/* What is handed in must outlive it. Fails with ERR_NOMEM, or as feeder_new().
 */
int painting_new(struct loop *l, const struct painting_spec *spec,
    struct broadcast *b, struct painting **out);
/* NULL is fine. */
void painting_free(struct painting *p);

/* The broadcast has begun, and its next sample is that one. */
void painting_begin(struct painting *p, uint64_t sample);
/* ttsd tells nothing any more, or there is no sound. */
void painting_lost(struct painting *p);
void painting_event(struct painting *p, const json_t *event);
/* What its board shows, by ttsd's account. */
void painting_board(struct painting *p, const json_t *told);
/* Sound of the broadcast's format has come, and its frames are sealed next. */
void painting_sound(struct painting *p, const uint8_t *data, size_t len);

struct painting_state {
	enum child_state painter;
	uint64_t restarts;
	uint64_t pictures;   /* that were drawn */
	double worst_ms;     /* the longest drawing since the last question */
	const char *trouble; /* "": none; valid until the next call */
};

struct painting_state painting_ask(struct painting *p);

#endif
