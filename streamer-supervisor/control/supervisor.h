/* The daemon as a whole: what main.c sets up and control.c works on. */
#ifndef STREAMER_SUPERVISOR_H
#define STREAMER_SUPERVISOR_H

#include "common/conf/conf.h"
#include "daemon/server.h"
#include "daemon/telemetry.h"
#include "streamer-supervisor/outputs/group.h"
#include "streamer-supervisor/outputs/output.h"

struct supervisor {
	struct conf conf; /* as it was at the start */
	struct loop *loop;
	struct control_api api;
	struct server *server;
	struct telemetry telemetry;
	struct http_server *http; /* NULL: no metrics */
	struct environment env;
	struct output_events events;
	struct entry *entries; /* of outputs.c */
	struct timer *reaper;
	char dir[PLATFORM_PATH_MAX]; /* of the sockets */
	bool probed;                 /* it is known what ffmpeg can do */
	char source_path[PLATFORM_PATH_MAX];
	int64_t started_ns;
	bool ending; /* asked to stop: nothing starts any more */
};

/* ---- outputs.c -------------------------------------------------------- */

/* Those that were configured. ERR_INVALID and others, with `e` filled. */
int outputs_init(struct supervisor *sv, struct conf_error *e);
void outputs_done(struct supervisor *sv);

/* Walks over all, those that are leaving included; NULL before the first and
 * after the last. */
struct output *outputs_next(
    const struct supervisor *sv, const struct output *after);
/* NULL: there is none, or it is leaving. */
struct output *outputs_find(const struct supervisor *sv, const char *name);
bool outputs_leaves(const struct supervisor *sv, const struct output *o);

/* Starts those that are to start by themselves. */
void outputs_begin(struct supervisor *sv);
/* One of them has stopped: frees it soon, if it is leaving. */
void outputs_reap(struct supervisor *sv);

/* Takes over `settings`, NULL-terminated words "output.NAME.key=value". */
int outputs_add(struct supervisor *sv, const char *name, char **settings,
    struct conf_error *e);
/* False: there is none of that name. */
bool outputs_remove(struct supervisor *sv, const char *name);

/* What a reload did; arrays of names, the caller's. */
struct outputs_news {
	json_t *added, *removed, *changed;
	size_t count;
};

/* Reads the configuration again. Only outputs that differ are touched; after
 * a mistake, none is. */
int outputs_reload(
    struct supervisor *sv, struct outputs_news *news, struct conf_error *e);

/* ---- control.c -------------------------------------------------------- */

/* Fills in what the control socket serves. */
void control_init(struct supervisor *sv);
/* SIGHUP; the log tells what came of it. */
void control_reload(struct supervisor *sv);
/* An `output` event for all who subscribed. */
void control_publish(struct supervisor *sv, const struct output *o,
    enum child_state from, const char *reason);

/* ---- metrics.c -------------------------------------------------------- */

/* What there is to measure, of a struct supervisor. */
extern const struct metric_group supervisor_metrics[];
/* What keeps it from being ready, as of struct telemetry. */
int supervisor_missing(const void *supervisor, struct buf *lines);

#endif
