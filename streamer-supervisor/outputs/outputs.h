/*
 * Which outputs there are: at the start, and as they come and go. An output
 * that leaves lives on until its ffmpeg has ended.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_OUTPUTS_H
#define STREAMER_SUPERVISOR_OUTPUTS_OUTPUTS_H

#include "streamer-supervisor/outputs/output.h"

/* The holder fills in the first part, which outlives them. */
struct outputs {
	struct environment *env;
	struct output_events events;
	const struct conf *conf; /* as it was at the start */
	const char *dir;         /* of the sockets */
	/* Nothing starts by itself before it is known what ffmpeg can do, and
	 * once the supervisor is stopping. */
	bool may_begin;

	struct outputs_entry *entries;
	struct timer *reaper;
};

/* Those that were configured. ERR_INVALID and others, with `e` filled. */
int outputs_init(struct outputs *all, struct conf_error *e);
void outputs_done(struct outputs *all);

/* Walks over all, those that are leaving included; NULL before the first and
 * after the last. */
struct output *outputs_next(
    const struct outputs *all, const struct output *after);
/* NULL: there is none, or it is leaving. */
struct output *outputs_find(const struct outputs *all, const char *name);
bool outputs_leaves(const struct outputs *all, const struct output *o);

/* Starts those that are to start by themselves. */
void outputs_begin(struct outputs *all);
/* One of them has stopped: frees it soon, if it is leaving. */
void outputs_reap(struct outputs *all);

/* Takes over `settings`, NULL-terminated words "output.NAME.key=value". */
int outputs_add(struct outputs *all, const char *name, char **settings,
    struct conf_error *e);
/* False: there is none of that name. */
bool outputs_remove(struct outputs *all, const char *name);

/* What a reload did; arrays of names, the caller's. */
struct outputs_news {
	json_t *added, *removed, *changed;
	size_t count;
};

/* Reads the configuration again. Only outputs that differ are touched; after
 * a mistake, none is. */
int outputs_reload(
    struct outputs *all, struct outputs_news *news, struct conf_error *e);

#endif
