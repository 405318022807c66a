/*
 * Keeps a `picture` for every [video] that an output shows, and answers whether
 * it is served (streamer-supervisor/sender/pictures.h).
 */
#ifndef STREAMER_SUPERVISOR_PICTURES_PICTURE_KEEPER_H
#define STREAMER_SUPERVISOR_PICTURES_PICTURE_KEEPER_H

#include "common/conf/conf.h"
#include "streamer-supervisor/ffmpeg/probe.h"
#include "streamer-supervisor/pictures/picture_child.h"

/* The holder fills in the first part, which outlives it. */
struct picture_keeper {
	struct loop *loop;
	const char *dir;           /* the folder of the sockets */
	const char *control;       /* path of ttsd's control socket */
	const char *ffmpeg;        /* path or name */
	const struct probe *probe; /* what that one can do */
	/* Another answer may be given, or all have stopped. */
	void (*changed)(void *arg);
	/* Sound was left out for that process, for it is too slow. */
	void (*lagging)(void *arg, int64_t pid);
	/* The condition of a [video], which shows that channel, is another. */
	void (*news)(
	    void *arg, const char *channel, const struct picture_news *news);
	void *arg;

	struct pictures pictures; /* the answers */
	struct picture_entry *entries;
	struct timer *reaper;
};

/* ERR_NOMEM. */
int picture_keeper_init(struct picture_keeper *k);
/* Kills all. */
void picture_keeper_done(struct picture_keeper *k);

/* Tells which videos are in use: begin, one call for each output that shows
 * one, end. `audio` is the path of the channel's audio socket. Those that are
 * not named any more end. */
void picture_keeper_begin(struct picture_keeper *k);
void picture_keeper_use(struct picture_keeper *k, const struct conf_video *v,
    const struct conf_channel *c, const char *audio);
void picture_keeper_end(struct picture_keeper *k);

/* Return what the program's successor needs to keep all, NULL without memory;
 * and go on with them: whether they are in use is to be told then.
 * ERR_INVALID, ERR_NOMEM. */
json_t *picture_keeper_hand_over(
    const struct picture_keeper *k, struct parcel *parcel);
int picture_keeper_take_over(
    struct picture_keeper *k, struct parcel *parcel, const json_t *list);

bool picture_keeper_is_idle(const struct picture_keeper *k);

/* Walks over all; NULL before the first and after the last. */
const struct picture_child *picture_keeper_next(
    const struct picture_keeper *k, const struct picture_child *after);

/* Returns what `status` says of all, a list that the caller owns; NULL without
 * memory. */
json_t *picture_keeper_status(const struct picture_keeper *k);

#endif
