/*
 * Which outputs there are: at the start, and as they come and go. An output
 * that leaves lives on until its ffmpeg has ended.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_OUTPUTS_H
#define STREAMER_SUPERVISOR_OUTPUTS_OUTPUTS_H

#include "streamer-supervisor/outputs/output.h"
#include "streamer-supervisor/pictures/picture_keeper.h"

/* The holder fills in the first part, which outlives them. */
struct outputs {
	struct environment *env;
	struct output_events events;
	struct picture_keeper *pictures;
	const struct conf *conf; /* as it was at the start */
	const char *dir;         /* the folder of the sockets */
	/* Outputs may start by themselves: not before it is known what ffmpeg
	 * can do, nor once the supervisor is stopping. */
	bool may_begin;

	struct outputs_entry *entries;
	/* The configuration as it was read last: what pictures are made of. */
	struct generation *latest;
	struct timer *reaper;
	struct buf text; /* of the configuration's file, as they are made by */
};

/* Makes the outputs that are configured by `text`, that of the configuration's
 * file, which it takes over. Fails with ERR_INVALID or another error, `e`
 * filled. */
int outputs_init(struct outputs *all, struct buf *text, struct conf_error *e);
void outputs_done(struct outputs *all);

/* Walks over all, those that are leaving included; NULL before the first and
 * after the last. */
struct output *outputs_next(
    const struct outputs *all, const struct output *after);
/* Returns the output of that name; NULL when none has it, or it is leaving. */
struct output *outputs_find(const struct outputs *all, const char *name);
bool outputs_leaves(const struct outputs *all, const struct output *o);

/* Starts those that are to start by themselves. */
void outputs_begin(struct outputs *all);
/* Frees soon the outputs that are leaving and have stopped; called when one has
 * stopped. */
void outputs_reap(struct outputs *all);

/* Adds an output to the configuration as it was loaded last. Takes over
 * `settings`, NULL-terminated words "output.NAME.key=value". Fails as
 * outputs_init() does. */
int outputs_add(struct outputs *all, const char *name, char **settings,
    struct conf_error *e);
/* Has an output leave; false when there is none of that name. */
bool outputs_remove(struct outputs *all, const char *name);

/* Is no output leaving? Only then they can be handed over. */
bool outputs_are_settled(const struct outputs *all);
/* Return what the program's successor needs to keep all, NULL without memory;
 * and go on with them, after outputs_init() with the same text of the
 * configuration's file. ERR_INVALID or another error, `e` filled. */
json_t *outputs_hand_over(const struct outputs *all, struct parcel *parcel);
int outputs_take_over(struct outputs *all, struct parcel *parcel,
    const json_t *list, struct conf_error *e);

/* What a reload did: how many outputs, and lists of their names (body.h) that
 * the caller owns. */
struct outputs_change {
	size_t count;
	json_t *names;
};
struct outputs_news {
	struct outputs_change added, removed, changed;
	/* Sections that have changed and that ttsd reads, at its start only:
	 * "[channel hall]". */
	struct outputs_change of_ttsd;
};

/* Takes another text of the configuration's file. Only outputs that differ are
 * touched; after a mistake, none is. Fails as outputs_init() does. */
int outputs_reload(struct outputs *all, const struct buf *text,
    struct outputs_news *news, struct conf_error *e);

#endif
