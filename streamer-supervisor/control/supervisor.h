/* The daemon as a whole: what main.c sets up and control.c works on. */
#ifndef STREAMER_SUPERVISOR_CONTROL_SUPERVISOR_H
#define STREAMER_SUPERVISOR_CONTROL_SUPERVISOR_H

#include "common/conf/conf.h"
#include "daemon/daemon.h"
#include "daemon/server.h"
#include "daemon/telemetry.h"
#include "platform/runtime_dir.h"
#include "streamer-supervisor/outputs/outputs.h"

struct supervisor {
	struct conf conf; /* as it was at the start */
	struct loop *loop;
	struct control_api api;
	struct server *server;
	struct telemetry telemetry;
	struct http_server *http; /* NULL: no metrics */
	struct environment env;
	struct outputs outputs;
	struct runtime_dir dir; /* of the sockets */
	char source_path[PLATFORM_PATH_MAX];
	int64_t started_ns;
	bool ending; /* asked to stop: nothing starts any more */
};

/* ---- life.c ----------------------------------------------------------- */

/* Opens all that it needs, by sv->conf, which was filled before, and begins.
 * Anything but DAEMON_GO_ON: the log tells why. supervisor_end() in any
 * case. */
enum daemon_step supervisor_start(struct supervisor *sv);
/* Kills what still runs, and releases all. */
void supervisor_end(struct supervisor *sv);

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
