/*
 * The gateway as a server of the Wyoming protocol (docs/WYOMING.md): Home
 * Assistant and others have texts spoken by ttsd's engines, on no channel.
 *
 * Nobody is asked for a password there: this machine may, and who stands in
 * [wyoming] `allow`.
 */
#ifndef GATEWAY_WYOMING_WYOMING_H
#define GATEWAY_WYOMING_WYOMING_H

#include "common/conf/conf.h"
#include "common/net/network.h"
#include "daemon/allowance.h"
#include "daemon/http_slots.h"
#include "daemon/metrics.h"
#include "gateway/daemons/peer.h"
#include "platform/net_listener.h"
#include "platform/runtime_dir.h"

/* Connections at once (who goes if more come: daemon/http_slots.h), and texts
 * that are spoken for them. */
#define WYOMING_CLIENTS_MAX 128
#define WYOMING_SPEAKING_MAX 16

struct wyoming_counts {
	uint64_t spoken;      /* texts, each to its end */
	uint64_t errors;      /* that clients were answered with */
	uint64_t turned_away; /* connections of whom `allow` does not name */
};

struct wyoming {
	struct loop *loop;
	const struct conf_wyoming *conf;
	struct peer *ttsd;
	struct net_listener *listener;
	struct timer *look; /* for who has been for too long */
	struct http_slots slots;
	struct wyoming_client *clients;
	size_t speaking;
	struct wyoming_counts counts;
	struct allowance requests; /* of each address */
	struct log_limit complaints;
	char control[PLATFORM_PATH_MAX], speech[PLATFORM_PATH_MAX];
};

/* All that is handed in must outlive it. Fails as net_listener_new().
 * wyoming_stop() is due in any case. */
int wyoming_start(struct wyoming *w, struct loop *l,
    const struct conf_wyoming *conf, const struct runtime_dir *dir);
void wyoming_stop(struct wyoming *w);

/* metrics.c: of a struct wyoming; docs/METRICS.md is held against them. */
extern const struct metric_group wyoming_metrics[];

/* client.c: serves a connection. */
void wyoming_client_new(
    struct wyoming *w, struct stream *s, const struct peer_address *who);
/* Ends one whose slot was cut. */
void wyoming_client_cut(struct http_slot *slot);
void wyoming_client_free(struct wyoming_client *c);

#endif
