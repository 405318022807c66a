/*
 * Says what a picture shows, and when: ttsd's events go in, scenes for the
 * painter (painter/layout/scene.h) come out, each with the sample at which it
 * is to be seen. Pure: samples are the channel's, of 64 bits, and the time of
 * day is handed in.
 *
 * - Fields change with `started`, on its sample, and with `show`.
 * - Calls: an announcement with `show` is one when it starts; the newest is
 *   the first of BOARD_CALLS_MAX. One that is said again is no new call; one
 *   that shows the same as an earlier call takes that one off the list.
 * - The caption is the text that is said, its word the one that is spoken. It
 *   goes DIRECTOR_CAPTION_MS behind the end of what was spoken, or at once with
 *   what was cut off.
 * - The mouth has the shape of the last `viseme`. It closes at the end, and
 *   when no other shape comes for DIRECTOR_MOUTH_MS.
 * - The eyes blink by themselves, the same with the same seed.
 * - The clock and the level are as the caller tells.
 * - Of what the layout does not use, nothing is told (director_use()).
 *
 * A change belongs to the frame nearest to its sample; all of a frame are one
 * scene, and a frame has no second one. A scene tells only what is other than
 * before, so each one is for the painter, in their order. What is told when the
 * scene of its frame was taken is in the next frame's; what was to be seen in
 * frames that are over, and had no scene, is in one scene of the first that is
 * not.
 *
 * Where no scene is taken for long, what was told first is passed over, and
 * what it leaves to be seen is kept (agenda.h). What there is no memory for is
 * left out.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_DIRECTOR_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_DIRECTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define DIRECTOR_CAPTION_MS 2000
#define DIRECTOR_MOUTH_MS 1000
#define DIRECTOR_BLINK_MS 150

struct director;

struct director_plan {
	const char *video; /* whose `show` events are meant */
	/* "NAME=TEXT" at first, NULL-terminated; NULL: none. */
	const char *const *fields;
	uint32_t fps;
	uint64_t seed; /* of the blinks */
};

struct director_scene {
	const char *line; /* JSON without a newline; valid until the next call
			     of director_next() */
	int64_t id;
	uint64_t sample; /* of its frame */
};

/* Copies what it needs. NULL without memory. */
struct director *director_new(const struct director_plan *plan);
/* NULL is fine. */
void director_free(struct director *d);

/* The sound begins with that sample, or goes on with another than the next one;
 * the rate may be another. Before it there are no scenes. */
void director_begin(struct director *d, uint32_t rate_hz, uint64_t sample);

/* ttsd is gone: nobody speaks any more, and what comes next may be of another
 * clock. Fields and calls stay. */
void director_lost(struct director *d);

/* The names of the events that it takes, NULL-terminated. */
extern const char *const director_events[];

/* Takes an event of ttsd's for the channel, in any order, early or late; one
 * that changes nothing is passed over. */
void director_event(struct director *d, const json_t *event);

/* Takes what ttsd knows that the board shows (board_tell()), for it was told
 * before this one listened. */
void director_board(struct director *d, const json_t *told);

/* Tells the time of day at a sample, in milliseconds since midnight, as often
 * as the caller likes; the clock shows its seconds from then on. */
void director_tell_time(struct director *d, uint64_t sample, int64_t day_ms);

/* Tells how loud it is at a sample, in dB below full scale. */
void director_tell_level(struct director *d, uint64_t sample, double level_db);

/* There is another painter: the next scenes tell everything. */
void director_repaint(struct director *d);

/* The layout uses these (enum use of painter/layout/uses.h) from now on; at
 * first, none. */
void director_use(struct director *d, unsigned uses);

/* Takes the next scene, if its frame ends before `horizon`: the sample before
 * which all is told. That is where the sound stands, less what events need to
 * come behind it, and not ahead of it: what was taken can't be taken back.
 * Frames before that of the sample `from` are over. False: there is none. */
bool director_next(struct director *d, uint64_t from, uint64_t horizon,
    struct director_scene *out);

#endif
