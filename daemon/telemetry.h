/*
 * What both daemons tell of themselves over HTTP, for Prometheus and for
 * health probes: /metrics, /healthz and /readyz. The same code on every
 * system.
 */
#ifndef DAEMON_TELEMETRY_H
#define DAEMON_TELEMETRY_H

#include "daemon/daemon.h"
#include "daemon/http.h"
#include "daemon/metrics.h"

struct telemetry {
	const struct metric_group *groups;
	/* Appends a line for each reason why the daemon does not do what it
	 * is there for; none: it is ready. Returns what buf_put() does. */
	int (*missing)(const void *all, struct buf *lines);
	const void *all;
};

/* Serves the pages at `address`, the value of `metrics` in that section of the
 * configuration; where it is "", nothing is served and *out is NULL. Returns
 * DAEMON_GO_ON, or the exit status to end with; the log tells why. `t` must
 * outlive the server. */
enum daemon_step telemetry_open(struct loop *l, const char *section,
    const char *address, const struct telemetry *t, struct http_server **out);

#endif
