/* The daemon as a whole: what main.c sets up and control.c works on. */
#ifndef STREAMER_SUPERVISOR_H
#define STREAMER_SUPERVISOR_H

#include "common/conf.h"
#include "platform/server.h"
#include "streamer-supervisor/output.h"

struct supervisor {
	struct conf conf;
	struct loop *loop;
	struct service service;
	struct server *server;
	struct output_env env;
	struct output **outputs; /* in the order of the configuration */
	size_t output_count;
	char source_path[PLATFORM_PATH_MAX];
	int64_t started_ns;
	bool ending; /* asked to stop: nothing starts any more */
};

/* ---- control.c -------------------------------------------------------- */

/* Fills in what the control socket serves. */
void control_init(struct supervisor *sv);
/* An `output` event for all who subscribed. */
void control_publish(struct supervisor *sv, const struct output *o,
    enum child_state from, const char *reason);

#endif
