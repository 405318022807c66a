/*
 * The process of one `picture`, kept alive: that of a [video] in use, with the
 * sound of its channel.
 */
#ifndef STREAMER_SUPERVISOR_PICTURES_PICTURE_CHILD_H
#define STREAMER_SUPERVISOR_PICTURES_PICTURE_CHILD_H

#include <jansson.h>
#include <stdbool.h>

#include "common/child/child.h"
#include "platform/succession.h"
#include "streamer-supervisor/pictures/picture_argv.h"
#include "streamer-supervisor/pictures/picture_condition.h"
#include "streamer-supervisor/sender/pictures.h"

struct picture_child;

/* What is new: its condition is another one. */
struct picture_news {
	const char *video;
	enum child_state from; /* what the process was; `now` has what it is */
	const struct picture_condition *now;
	const char *reason; /* of a failure; "" else */
	int64_t backoff_ms; /* the wait that is on; 0: none */
};

/* It must not be freed from within. */
struct picture_child_events {
	/* The answer of picture_child_state() or picture_child_reader() may be
	 * another, or it has stopped. */
	void (*changed)(void *arg);
	/* Sound was left out for that process, for it is too slow. */
	void (*lagging)(void *arg, int64_t pid);
	void (*news)(void *arg, const struct picture_news *news);
};

/* NULL without memory. */
struct picture_child *picture_child_new(struct loop *l, const char *video,
    const struct picture_child_events *events, void *arg);
/* Kills what runs. NULL is fine. */
void picture_child_free(struct picture_child *c);

/* Return what the program's successor needs to keep it, NULL without memory;
 * and go on with it, whatever command it was started with. ERR_INVALID. */
json_t *picture_child_hand_over(
    const struct picture_child *c, struct parcel *parcel);
int picture_child_take_over(
    struct picture_child *c, struct parcel *parcel, const json_t *word);

/* Has it run with that command, which it takes over: it is started, or started
 * afresh where the command is another. */
void picture_child_run(struct picture_child *c, struct picture_command command);
/* Has it end, soon. */
void picture_child_stop(struct picture_child *c);
bool picture_child_is_stopped(const struct picture_child *c);

/* Is its stream to be had? It is `coming` while there is reason to believe so:
 * not when it was started twice in vain, or breaks off again and again. */
enum picture_state picture_child_state(const struct picture_child *c);
/* Writes why it is held back, for it breaks off again and again, and for how
 * long yet; "" where it is not. */
void picture_child_explain(
    const struct picture_child *c, char *out, size_t size);
/* Has that process begun to read its stream? `*first_sample` is then the sample
 * that is the process's time 0. Of the latest readers. */
bool picture_child_reader(
    const struct picture_child *c, int64_t pid, uint64_t *first_sample);
/* Gives a number that it has told of itself last, by its name in `status`;
 * false: it has told none. */
bool picture_child_told(
    const struct picture_child *c, const char *field, double *out);
uint64_t picture_child_restarts(const struct picture_child *c);
const struct picture_condition *picture_child_condition(
    const struct picture_child *c);
const char *picture_child_video(const struct picture_child *c);
/* Returns what `status` says of it (docs/PICTURE.md), owned by the caller; NULL
 * without memory. */
json_t *picture_child_status(const struct picture_child *c);

#endif
