/*
 * Announcements that are made ahead, and kept: who says the same begins at
 * once, whatever has become of the engines meanwhile.
 *
 * Each of them is an announcement that is in no queue and never played; who
 * says the same has its recording as his own (announcement_share()). They are
 * made behind all that is on air, by each engine one after the other. What
 * fails is tried again, later and later; what a fallback has made is kept, and
 * tried again too. What is made again serves until that is done.
 *
 * All of it is memory, so there are two bounds. What passes one of them is not
 * tried again before something has changed.
 */
#ifndef TTSD_AIR_SHELF_H
#define TTSD_AIR_SHELF_H

#include "ttsd/air/playout.h"

/* So much sound one of them may have, repetitions and pauses included... */
#define SHELF_ITEM_MAX_MS 60000
/* ...and so much all of them. */
#define SHELF_MAX_MS 600000

struct shelf;
struct shelf_item; /* one sound */

struct shelf_state {
	bool ready;
	uint64_t ms;     /* its length; 0 unless ready */
	const char *why; /* the latest making failed; "": it did not */
	bool again;      /* it is tried again by itself */
};

/* `changed` is called when the state of an item has. Fails as timer_new(). */
int shelf_new(struct loop *l,
    void (*changed)(void *arg, const struct shelf_item *item), void *arg,
    struct shelf **out);
/* Engines and playouts are still there. */
void shelf_free(struct shelf *s);
/* Nothing more is made. */
void shelf_stop(struct shelf *s);

/* What is to be kept is told all over whenever that may have changed: between
 * these two calls, which may be far apart. What is told is kept where it was
 * already; what is not goes with the second. */
void shelf_begin(struct shelf *s);
void shelf_settle(struct shelf *s);
/* Takes over `a`, of which nothing is made and which has a playout; returns
 * what it is kept as, perhaps with others. NULL: no memory. */
struct shelf_item *shelf_put(struct shelf *s, struct announcement *a);
/* What is kept already is told as it is. NULL is fine. */
void shelf_put_again(struct shelf_item *item);

/* Goes through what is made, from `*at` = NULL on; NULL behind the last. */
const struct announcement *shelf_next_made(
    const struct shelf *s, const struct shelf_item **at);
/* Takes over one that the program before had made, which has a playout. It
 * serves from now on, and goes where it is not told before shelf_settle().
 * ERR_NOMEM. */
int shelf_put_made(struct shelf *s, struct announcement *a);

/* Has all made again of which the engine makes something: that may be another
 * sound by now. */
void shelf_make_again(struct shelf *s, const struct engine *e);

struct shelf_state shelf_item_state(const struct shelf_item *item);

/* ---- for synthesis.c ---------------------------------------------------- */

/* Finds what is made and would be the same sound; NULL: nothing. */
struct announcement *shelf_find(
    const struct shelf *s, const struct announcement *a);
/* How many samples `a`, which is being made, may have. */
uint64_t shelf_room(const struct shelf *s, const struct announcement *a);
/* It has as many, and goes on: returns what that is called. */
const char *shelf_refuse(struct shelf *s, const struct announcement *a);
/* One of them has been made, or has failed. */
void shelf_made(struct shelf *s);

#endif
