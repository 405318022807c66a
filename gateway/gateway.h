/* The daemon as a whole. */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "daemon/daemon.h"
#include "gateway/api/api.h"
#include "gateway/http/door.h"
#include "gateway/mqtt/mqtt.h"
#include "gateway/wyoming/wyoming.h"

struct gateway {
	struct conf conf;
	struct loop *loop;
	struct upgrade *upgrade;
	struct hub *hubs;
	struct hub_listener *reloads; /* that ttsd was asked for */
	struct runtime_dir dir;
	char tokens[PLATFORM_PATH_MAX];
	struct buf certificate, key; /* PEM, with a NUL behind it */
	struct api api;
	struct door_spec door_spec;
	struct door *door;
	struct mqtt mqtt;
	struct wyoming wyoming;
};

/* What daemon_program's `check` asks. */
int gateway_check(const struct conf *conf, struct conf_error *e);

/* Is there anything to do? */
bool gateway_serves(const struct conf *conf);

/* `g->conf` is filled. DAEMON_GO_ON, or an exit status; gateway_end() is due in
 * any case. */
enum daemon_step gateway_start(struct gateway *g);
void gateway_end(struct gateway *g);

/* Could one start by this configuration, which is taken over? `has_http`,
 * `has_wyoming`: the program before it serves the same address. ERR_INVALID
 * with `e` filled, or ERR_NOMEM. */
int gateway_try(
    struct conf *conf, bool has_http, bool has_wyoming, struct conf_error *e);

/* What it tells the service manager of itself. */
extern const struct service_report gateway_report;

#endif
