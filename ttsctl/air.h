/*
 * What is on air on each channel, and how far it has come, from the events of
 * ttsd and the answers to `queue`. Pure: the time is handed in.
 */
#ifndef TTSCTL_AIR_H
#define TTSCTL_AIR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct air {
	json_t
	    *known; /* by id: what has begun, or is on air, and is not over */
	json_t *on; /* by channel: the id that is on air */
	json_t *rates; /* by channel: samples a second */
	json_t *paces; /* by channel: milliseconds for a character */
};

/* One that is on air; all of it is the air's, until it takes something more. */
struct utterance {
	json_int_t id;
	const char *text; /* all of it; valid UTF-8 */
	size_t characters;
	size_t at, length; /* its present word, in characters; of length 0 that
			      is not known */
	bool cut;          /* of the text only the beginning is known */
	int64_t for_ms;    /* so long it is on air; -1: not known */
	int64_t left_ms;   /* -1: not known */
	bool guessed;      /* by how fast others were spoken */
};

/* Running out of memory leaves out what there was none for. */
void air_init(struct air *a);
void air_done(struct air *a);

/* Takes the list `channels` of the answer to `status` or `channels`. */
void air_take_channels(struct air *a, const json_t *channels);
/* Takes an event of ttsd; others than those of announcements are passed over.
 */
void air_take_event(struct air *a, const json_t *event);
/* Takes `items` of the answer to `queue`, which is right whatever was told. */
void air_take_queue(struct air *a, const char *channel, const json_t *items);

/* What is on air there at `now_ms`, UTC since 1970; `held`: it is not going on,
 * for the channel is paused. False: nothing is. */
bool air_find(const struct air *a, const char *channel, int64_t now_ms,
    bool held, struct utterance *out);

/* How long so many characters take there, by what was said before; -1: not
 * known. */
int64_t air_estimate_ms(
    const struct air *a, const char *channel, json_int_t characters);

#endif
