/*
 * Says what a picture shows, and when: ttsd's events go in, scenes for the
 * painter (painter/layout/scene.h) come out, each with the sample at which it
 * is to be seen. Pure: samples are the channel's, of 64 bits, and the time of
 * day is handed in.
 *
 * What changes
 *	fields   with `started` on its sample, with `show` at once
 *	calls    `started` of an announcement with `show`; the newest is first.
 *One that is said again is no new call, and one that shows the same as a call
 *in the list takes its place caption  the text with `started`, the spoken word
 *with each `word`; gone DIRECTOR_CAPTION_MS after `finished`, and at
 *`preempted` mouth    with each `viseme`; closed at `finished` and `preempted`
 *	eyes     blink by themselves
 *	clock, level   as the caller tells
 *
 * A change belongs to the frame nearest to its sample; all of a frame are one
 * scene, and a frame has no second one. A scene tells only what is other than
 * before, so each one is for the painter, in their order. What is told when the
 * scene of its frame was taken is in the next frame's.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_DIRECTOR_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_DIRECTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define DIRECTOR_CAPTION_MS 2000
#define DIRECTOR_BLINK_MS 150

struct director;

struct director_plan {
	const char *video;   /* whose `show` events are meant */
	char *const *fields; /* "NAME=TEXT" at first, NULL-terminated, as in
				struct conf_video; NULL: none */
	uint32_t rate_hz, fps;
	bool blinks;   /* the layout has eyes */
	uint64_t seed; /* of the blinks: the same, the same blinks */
};

/* Copies what it needs. NULL without memory. */
struct director *director_new(const struct director_plan *plan);
/* NULL is fine. */
void director_free(struct director *d);

/* Takes an event of ttsd's, in any order, early or late; one that changes
 * nothing is passed over. */
void director_event(struct director *d, const json_t *event);

/* ttsd, or its sound, is gone; what comes next may count other samples. Nobody
 * speaks any more; fields and calls stay. Another rate may come. */
void director_lost(struct director *d, uint32_t rate_hz);

/* There is another painter: the next scenes tell everything. */
void director_repaint(struct director *d);

/* Tells the time of day at a sample, in milliseconds since midnight, as often
 * as the caller likes; the clock shows it from then on, second by second. */
void director_tell_time(struct director *d, uint64_t sample, int64_t day_ms);

/* Tells how loud it is at a sample, in dB below full scale. */
void director_tell_level(struct director *d, uint64_t sample, double level_db);

/* Takes the next scene, if its frame ends before `horizon`: the sample before
 * which all is told. That is where the sound stands less what ttsd's events
 * need to come behind it, and not ahead of it: what was taken can't be taken
 * back. Returns a line of JSON without its newline, valid until the next call,
 * and in *sample the sample of its frame. NULL: there is none, or no memory for
 * it yet. Call it until then. */
const char *director_next(
    struct director *d, uint64_t horizon, uint64_t *sample);

#endif
