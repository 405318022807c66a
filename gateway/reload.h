/*
 * The gateway reads its configuration again: it is tried as a child
 * (daemon/upgrade.h), and where something of it is new for the gateway, the
 * program begins afresh in this process with what was tried. It has nothing on
 * air: connections end, and who had them comes again.
 */
#ifndef GATEWAY_RELOAD_H
#define GATEWAY_RELOAD_H

#include "daemon/daemon.h"
#include "daemon/upgrade.h"

struct gateway;

/* Fails as upgrade_new(). `g->upgrade` is upgrade_free()'s. */
int reload_init(struct gateway *g);
/* The tokens are read in any case. */
void reload_begin(struct gateway *g);
/* Does so when ttsd was asked to reload, by that path of its control socket.
 * ERR_NOMEM. */
int reload_follow(struct gateway *g, const char *path);

/* What daemon_program's `take_over` asks. */
int reload_try(struct conf *conf, struct parcel *given, struct parcel *answer,
    struct conf_error *e);

#endif
