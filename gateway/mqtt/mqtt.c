#include "gateway/mqtt/mqtt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/token.h"
#include "common/err.h"
#include "common/net/mqtt_address.h"
#include "gateway/mqtt/discovery.h"
#include "platform/http_port.h"

/* All but those that are of no use after their moment, of which there are many
 * a second. */
#define EVENTS                                                         \
	"[\"queued\",\"started\",\"mark\",\"finished\",\"preempted\"," \
	"\"underrun\",\"subscriber\",\"worker\",\"clock\",\"show\","   \
	"\"durable\",\"upgrade\",\"receipt\"]"
/* Bytes of an event, with a NUL. */
#define TOLD_EVENT_MAX 16384

bool
mqtt_read_rights(const struct conf_mqtt *conf, uint32_t *out)
{
	static const uint32_t can_be_asked =
	    RIGHT_BIT(RIGHT_NONE) | RIGHT_BIT(RIGHT_SAY) |
	    RIGHT_BIT(RIGHT_URGENT) | RIGHT_BIT(RIGHT_CONTROL);

	return token_read_words(conf->may, out) && (*out & ~can_be_asked) == 0;
}

static void
publish(
    struct mqtt *m, const char *leaf, const char *text, int qos, bool retain)
{
	char topic[TOPIC_MAX];

	topic_write(topic, m->site, leaf);
	carrier_publish(
	    m->carrier, &(struct carrier_publication){ .topic = topic,
			    .payload = text,
			    .qos = qos,
			    .retain = retain });
}

/* ---- what is told ----------------------------------------------------- */

/* Home Assistant is told again when there are other outputs. */
static void
tell_discovery(struct mqtt *m)
{
	char topic[DISCOVERY_TOPIC_MAX];
	json_t *outputs, *document;
	char *text;

	if (!m->conf->discovery || !carrier_is_up(m->carrier) ||
	    state_text(&m->state) == NULL)
		return;
	outputs = state_outputs(m->state.outputs);
	document = discovery_document(m->site, outputs, m->inbox.rights);
	text = body_text(document);
	json_decref(document);
	json_decref(outputs);
	if (text &&
	    (m->discovered == NULL || strcmp(text, m->discovered) != 0)) {
		discovery_topic(topic, m->conf->discovery_prefix, m->site);
		carrier_publish(
		    m->carrier, &(struct carrier_publication){ .topic = topic,
				    .payload = text,
				    .qos = 1,
				    .retain = true });
		free(m->discovered);
		m->discovered = text;
		return;
	}
	free(text);
}

static void
tell_state(void *arg)
{
	struct mqtt *m = arg;
	const char *text = state_text(&m->state);

	if (text)
		publish(m, TOPIC_STATE, text, 1, true);
	tell_discovery(m);
}

static void
tell_event(struct mqtt *m, const struct recent_event *e)
{
	/* Who is away, or too slow, misses them; receipts miss nothing. */
	if (carrier_has_room(m->carrier) && e->len < TOLD_EVENT_MAX)
		publish(m, TOPIC_EVENTS, e->line, 0, false);
}

/* ---- the daemons ------------------------------------------------------ */

static void
ttsd_ready(void *arg, bool ok, const char *line, size_t len)
{
	struct mqtt *m = arg;

	(void)ok;
	(void)line;
	(void)len;
	carrier_want(m->carrier, true);
	state_stir(&m->state);
}

static void
ttsd_more(void *arg)
{
	struct mqtt *m = arg;
	struct recent_event e;
	bool lost;

	while (m->events && hub_take(m->events, &e, &lost)) {
		state_take(&m->state, &e);
		tell_event(m, &e);
	}
}

static void
ttsd_absent(void *arg, int err)
{
	struct mqtt *m = arg;

	log_info("mqtt ttsd is away (%s): the broker keeps what comes",
	    err_text(err));
	carrier_want(m->carrier, false);
}

static void
beat(void *arg)
{
	struct mqtt *m = arg;

	state_stir(&m->state);
}

static const struct hub_receiver ttsd_receiver = { .ready = ttsd_ready,
	.more = ttsd_more,
	.absent = ttsd_absent,
	.beat = beat };

static void
outputs_ready(void *arg, bool ok, const char *line, size_t len)
{
	(void)ok;
	(void)line;
	(void)len;
	beat(arg);
}

static void
outputs_more(void *arg)
{
	struct mqtt *m = arg;
	struct recent_event e;
	bool lost;

	while (m->outputs && hub_take(m->outputs, &e, &lost))
		;
	state_stir(&m->state);
}

static void
outputs_absent(void *arg, int err)
{
	(void)err;
	beat(arg);
}

static const struct hub_receiver outputs_receiver = { .ready = outputs_ready,
	.more = outputs_more,
	.absent = outputs_absent,
	.beat = beat };

/* ---- the broker ------------------------------------------------------- */

static void
broker_up(void *arg, bool known)
{
	struct mqtt *m = arg;

	if (!known)
		redelivery_forget(&m->inbox.lately);
	free(m->discovered);
	m->discovered = NULL;
	tell_state(m);
	receipts_up(&m->receipts);
}

static void
broker_down(void *arg)
{
	struct mqtt *m = arg;

	inbox_forget(&m->inbox);
}

static void
broker_mark(void *arg, uint64_t number)
{
	struct mqtt *m = arg;

	receipts_mark(&m->receipts, number);
}

static void
broker_message(void *arg, const json_t *message)
{
	struct mqtt *m = arg;

	inbox_take(&m->inbox, message);
}

static void
broker_published(void *arg, uint64_t number)
{
	struct mqtt *m = arg;

	receipts_published(&m->receipts, number);
}

static void
broker_room(void *arg)
{
	struct mqtt *m = arg;

	receipts_go_on(&m->receipts);
}

static void
courier_gone(void *arg)
{
	struct mqtt *m = arg;

	receipts_lost(&m->receipts);
}

static const struct carrier_events carrier_events = { .up = broker_up,
	.down = broker_down,
	.mark = broker_mark,
	.message = broker_message,
	.published = broker_published,
	.room = broker_room,
	.gone = courier_gone };

/* ---- life ------------------------------------------------------------- */

static json_t *
topics_of(const struct mqtt *m)
{
	json_t *list = json_array();
	char topic[TOPIC_MAX];
	char **group;
	int op;

	for (op = 0; op < TOPIC_OPS; op++) {
		topic_write(topic, m->site, topic_ops[op].name);
		body_append(&list, json_string(topic));
		for (group = m->conf->groups; group && *group; group++) {
			topic_write_group(topic, *group, topic_ops[op].name);
			body_append(&list, json_string(topic));
		}
	}
	return list;
}

static json_t *
settings_of(const struct mqtt *m)
{
	char id[CONF_TOPIC_WORD_MAX + sizeof("ttsd-")], available[TOPIC_MAX],
	    mark[TOPIC_MAX];
	const struct conf_mqtt *c = m->conf;
	struct mqtt_address at;
	json_t *body;

	if (!mqtt_address_parse(c->url, &at))
		return NULL;
	snprintf(id, sizeof(id), "ttsd-%s", m->site);
	topic_write(available, m->site, TOPIC_AVAILABILITY);
	topic_write(mark, m->site, TOPIC_TOLD);
	body = json_pack("{s:s, s:i, s:b, s:s, s:s, s:s, s:i, s:s, s:s, "
			 "s:s}",
	    "host", at.host, "port", (int)at.port, "tls", (int)at.tls,
	    "ca_file", c->ca_file, "tls_cert", c->tls_cert, "tls_key",
	    c->tls_key, "version", c->version == CONF_MQTT_5 ? 5 : 3, "id", id,
	    "availability", available, "mark", mark);
	body_put(&body, "user", json_string(c->user));
	body_put(&body, "password_file", json_string(c->password_file));
	body_put(&body, "password_env", json_string(c->password_env));
	body_put(&body, "subscribe", topics_of(m));
	return body;
}

static void
name_site(struct mqtt *m)
{
	char machine[256];

	http_port_machine(machine, sizeof(machine));
	topic_word(m->conf->site[0] ? m->conf->site : machine, m->site);
}

static int
open_peers(struct mqtt *m, const struct runtime_dir *dir)
{
	int rc = path_socket(dir->path, "control", m->path, sizeof(m->path));

	if (rc == 0)
		rc = path_socket(dir->path, "streamer", m->path_streamer,
		    sizeof(m->path_streamer));
	if (rc == 0)
		rc = peer_new(m->loop, "ttsd", m->path, &m->ttsd);
	if (rc == 0)
		rc = peer_new(m->loop, "streamer-supervisor", m->path_streamer,
		    &m->streamer);
	return rc;
}

static int
listen_to_both(struct mqtt *m)
{
	struct hub_question of_ttsd = { .path = m->path, .events = EVENTS };
	struct hub_question of_outputs = { .path = m->path_streamer };
	int rc = hub_join(
	    &m->hubs, m->loop, &of_ttsd, &ttsd_receiver, m, &m->events);

	if (rc == 0)
		rc = hub_join(&m->hubs, m->loop, &of_outputs, &outputs_receiver,
		    m, &m->outputs);
	if (rc == 0)
		rc = receipts_init(&m->receipts, m->loop, &m->hubs, m->path,
		    m->site, m->carrier);
	return rc;
}

int
mqtt_init(struct mqtt *m, struct loop *l, const struct conf_mqtt *conf,
    const struct runtime_dir *dir)
{
	uint32_t rights;
	int rc;

	*m = (struct mqtt){ .loop = l, .conf = conf };
	name_site(m);
	if (!mqtt_read_rights(conf, &rights))
		return ERR_INVALID;
	rc = open_peers(m, dir);
	if (rc == 0)
		rc = state_init(
		    &m->state, l, m->ttsd, m->streamer, tell_state, m);
	if (rc == 0)
		rc = carrier_new(l, settings_of(m), conf->password_env,
		    &carrier_events, m, &m->carrier);
	m->inbox = (struct inbox){ .site = m->site,
		.groups = conf->groups,
		.rights = rights,
		.ttsd = m->ttsd,
		.carrier = m->carrier };
	return rc < 0 ? rc : listen_to_both(m);
}

void
mqtt_done(struct mqtt *m)
{
	if (m->loop == NULL)
		return;
	inbox_forget(&m->inbox);
	receipts_done(&m->receipts);
	hub_leave(m->events);
	hub_leave(m->outputs);
	state_done(&m->state);
	carrier_free(m->carrier);
	peer_free(m->ttsd);
	peer_free(m->streamer);
	free(m->discovered);
}
