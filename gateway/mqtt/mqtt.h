/*
 * The gateway at a broker of MQTT (docs/MQTT.md): what others publish for this
 * site is asked of ttsd, and what becomes of it is published.
 *
 * It is connected for as long as ttsd is there: what comes for a site that
 * cannot speak waits at the broker, with its time, and everybody sees that the
 * site is away.
 */
#ifndef GATEWAY_MQTT_MQTT_H
#define GATEWAY_MQTT_MQTT_H

#include "common/conf/conf.h"
#include "gateway/daemons/hub.h"
#include "gateway/daemons/peer.h"
#include "gateway/mqtt/inbox.h"
#include "gateway/mqtt/receipts.h"
#include "gateway/mqtt/state.h"
#include "platform/runtime_dir.h"

struct mqtt {
	struct loop *loop;
	const struct conf_mqtt *conf;
	char site[CONF_TOPIC_WORD_MAX + 1];
	char path[PLATFORM_PATH_MAX], path_streamer[PLATFORM_PATH_MAX];
	struct peer *ttsd, *streamer;
	struct hub *hubs;
	struct hub_listener *events, *outputs;
	struct carrier *carrier;
	struct inbox inbox;
	struct receipts receipts;
	struct state state;
	char *discovered; /* what Home Assistant was told */
};

/* Reads a configuration's `may`. */
bool mqtt_read_rights(const struct conf_mqtt *conf, uint32_t *out);

/* All that is handed in must outlive it. ERR_NOT_FOUND and its like: there is
 * no program that carries messages; ERR_NOMEM, ERR_TOO_LONG, ERR_INVALID.
 * mqtt_done() is due in any case. */
int mqtt_init(struct mqtt *m, struct loop *l, const struct conf_mqtt *conf,
    const struct runtime_dir *dir);
void mqtt_done(struct mqtt *m);

#endif
