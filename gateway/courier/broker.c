#include "gateway/courier/broker.h"

#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/child/backoff.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/net/encode.h"
#include "gateway/courier/courier.h"
#include "gateway/courier/login.h"
#include "gateway/courier/message.h"
#include "gateway/courier/report.h"
#include "platform/platform.h"
#include "platform/socket_wait.h"

/* A site is back within seconds of its network. */
#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS (2 * NS_PER_S)
/* A broker that refuses us does so for a reason; so does one that has another
 * client of our name, which would otherwise come back as fast as we do. */
#define REFUSED_NS (30 * NS_PER_S)
/* A connection that has lasted so long was one; after so many in a row that
 * have not it is like that, too, for not every broker tells it. */
#define LASTED_NS (3 * NS_PER_S)
#define BRIEF_MAX 5
/* libmosquitto looks at its own deadlines in whole seconds. */
#define TURN_NS (1 * NS_PER_S)
#define KEEPALIVE_S 20
/* How long a broker keeps what comes for a site that is away. */
#define SESSION_S (7 * 24 * 3600)
/* What it shall send at most, of one message and of those not acknowledged. */
#define PACKET_MAX (COURIER_PAYLOAD_MAX + 16 * 1024)
#define RECEIVE_MAX 16
/* Messages whose arrival at the broker the gateway waits for. */
#define AWAITED_MAX 256
/* Beyond so many that the broker has not acknowledged, what the gateway does
 * not wait for goes out without: libmosquitto keeps each. */
#define OUTGOING_MAX 256
#define WHY_MAX 256
/* Bytes of a number. */
#define MARK_MAX 20

struct broker {
	const json_t *settings;
	struct mosquitto *mosquitto;
	bool version_5;
	char **topics; /* subscribed; of `settings` */
	int topic_count;
	int subscription; /* to those: its packet's number */
	bool wanted;
	bool linked;  /* there is a socket */
	bool cutting; /* what still comes is not taken */
	struct backoff backoff;
	int64_t next_ns; /* when the next try is due */
	int64_t up_ns;   /* since when the broker has us; 0: it has not */
	json_t *held;    /* messages that are still to be told */
	uint64_t number; /* of the last one that was */
	bool open;       /* and it is not dealt with yet */
	struct {
		int mid;
		uint64_t number;
	} awaited[AWAITED_MAX];
	size_t awaited_count;
	size_t outgoing;   /* published, and not known to be there */
	char why[WHY_MAX]; /* what libmosquitto complained of last */
	bool refused, displaced;
	unsigned brief; /* connections in a row that did not last */
};

static const char *
setting(const struct broker *b, const char *name)
{
	return login_setting(b->settings, name);
}

/* ---- messages --------------------------------------------------------- */

static void
tell_next(struct broker *b)
{
	json_t *body;

	if (b->open || json_array_size(b->held) == 0)
		return;
	body = json_incref(json_array_get(b->held, 0));
	json_array_remove(b->held, 0);
	b->open = true;
	body_put(&body, "message", json_integer((json_int_t)++b->number));
	report(body);
}

/* What is not retained is our own, of just now. */
static void
tell_mark(const struct mosquitto_message *m)
{
	json_t *text;

	if (!m->retain || m->payloadlen <= 0 || m->payloadlen > MARK_MAX)
		return;
	text = json_stringn(m->payload, (size_t)m->payloadlen);
	if (text)
		report(json_pack("{s:o}", "mark", text));
}

static void
message_came(struct mosquitto *m, void *arg,
    const struct mosquitto_message *msg, const mosquitto_property *properties)
{
	struct broker *b = arg;

	(void)m;
	if (b->cutting)
		return;
	if (msg->topic && strcmp(msg->topic, setting(b, "mark")) == 0) {
		tell_mark(msg);
		return;
	}
	body_append(&b->held, message_tell(msg, properties));
	if (b->held == NULL)
		exit(COURIER_FAILED); /* the broker gives it once more */
	tell_next(b);
}

static void
published(struct mosquitto *m, void *arg, int mid, int reason,
    const mosquitto_property *properties)
{
	struct broker *b = arg;
	json_t *body;
	size_t i;

	(void)m;
	(void)properties;
	b->outgoing -= b->outgoing > 0;
	for (i = 0; i < b->awaited_count && b->awaited[i].mid != mid; i++)
		;
	if (i == b->awaited_count)
		return;
	body =
	    json_pack("{s:I}", "published", (json_int_t)b->awaited[i].number);
	if (reason >= 0x80)
		body_put(
		    &body, "why", json_string(mosquitto_reason_string(reason)));
	b->awaited[i] = b->awaited[--b->awaited_count];
	report(body);
}

static mosquitto_property *
properties_of(const struct broker *b, const json_t *request)
{
	const char *correlation = body_string(request, "correlation");
	uint8_t data[COURIER_CORRELATION_MAX];
	mosquitto_property *p = NULL;
	size_t len;

	if (correlation == NULL || !b->version_5)
		return NULL;
	len = hex_read(correlation, strlen(correlation), data, sizeof(data));
	if (len > 0)
		mosquitto_property_add_binary(
		    &p, MQTT_PROP_CORRELATION_DATA, data, (uint16_t)len);
	return p;
}

void
broker_publish(struct broker *b, const json_t *request)
{
	const char *topic = body_string(request, "publish");
	const char *payload = body_string(request, "payload");
	uint64_t number = body_count(request, "number");
	mosquitto_property *p = properties_of(b, request);
	int qos = (int)body_integer(request, "qos", 0), mid = 0, rc;

	if (number == 0 && b->outgoing >= OUTGOING_MAX)
		qos = 0;
	if (number > 0 && b->awaited_count == AWAITED_MAX)
		number = 0; /* the gateway does not ask for so many */
	rc = mosquitto_publish_v5(b->mosquitto, &mid, topic,
	    payload ? (int)strlen(payload) : 0, payload, qos,
	    json_is_true(json_object_get(request, "retain")), p);
	mosquitto_property_free_all(&p);
	b->outgoing += rc == MOSQ_ERR_SUCCESS;
	if (number == 0)
		return;
	if (rc == MOSQ_ERR_SUCCESS || rc == MOSQ_ERR_NO_CONN) {
		b->awaited[b->awaited_count].mid = mid;
		b->awaited[b->awaited_count++].number = number;
		return;
	}
	report(json_pack("{s:I, s:s}", "published", (json_int_t)number, "why",
	    mosquitto_strerror(rc)));
}

/* ---- the connection --------------------------------------------------- */

static void
say_displaced(struct broker *b, const char *how)
{
	b->displaced = true;
	snprintf(b->why, sizeof(b->why),
	    "%s as %s: each gateway needs a [mqtt] site of its own", how,
	    setting(b, "id"));
}

/* It was lost; `hung_up`: the broker has ended it without a fault of ours or of
 * its own. */
static void
judge_length(struct broker *b, bool hung_up)
{
	bool lasted = b->up_ns > 0 && clock_now_ns() - b->up_ns >= LASTED_NS;

	if (lasted) {
		backoff_reset(&b->backoff);
		b->brief = 0;
	} else if (b->up_ns > 0 && hung_up && ++b->brief >= BRIEF_MAX &&
		   !b->displaced) {
		say_displaced(b,
		    "it is lost again and again right after it was made; "
		    "perhaps another client connects");
	}
}

static void
link_lost(struct broker *b, const char *why, bool hung_up)
{
	judge_length(b, hung_up);
	if (b->displaced)
		why = b->why;
	b->linked = b->open = b->cutting = false;
	json_array_clear(b->held);
	b->outgoing = 0;
	b->next_ns = clock_now_ns() +
		     (b->refused || b->displaced
			     ? REFUSED_NS
			     : backoff_next(&b->backoff, platform_random()));
	b->refused = b->displaced = false;
	b->up_ns = 0;
	report_text("down", why);
}

static const char *
reason_text(const struct broker *b, int rc)
{
	if (rc == MOSQ_ERR_ERRNO)
		return socket_error_text(errno);
	if (rc == MOSQ_ERR_EAI)
		return "there is no host of that name";
	if (b->why[0] && (rc == MOSQ_ERR_TLS || rc == MOSQ_ERR_CONN_REFUSED ||
			     rc == MOSQ_ERR_PROTOCOL))
		return b->why;
	return mosquitto_strerror(rc);
}

/* After each call that may have found the connection broken. */
static void
look(struct broker *b, int rc)
{
	if (b->linked && mosquitto_socket(b->mosquitto) < 0)
		link_lost(b, reason_text(b, rc), rc == MOSQ_ERR_CONN_LOST);
}

/* Ends the connection as if the network had: what was not acknowledged stays
 * with the broker, and it tells the last will. */
static void
cut(struct broker *b, const char *why)
{
	int tries;

	if (!b->linked)
		return;
	b->cutting = true;
	socket_cut(mosquitto_socket(b->mosquitto));
	for (tries = 0; mosquitto_socket(b->mosquitto) >= 0; tries++) {
		mosquitto_loop_read(b->mosquitto, 1);
		if (tries > 1000000)
			exit(COURIER_FAILED);
	}
	link_lost(b, why, false);
}

static void
connected(struct mosquitto *m, void *arg, int reason, int flags,
    const mosquitto_property *properties)
{
	struct broker *b = arg;

	(void)properties;
	if (reason != 0) {
		b->refused = true;
		snprintf(b->why, sizeof(b->why), "the broker refuses it: %s",
		    b->version_5 && reason >= 0x80
			? mosquitto_reason_string(reason)
			: mosquitto_connack_string(reason));
		return;
	}
	b->up_ns = clock_now_ns();
	mosquitto_subscribe_v5(m, NULL, setting(b, "mark"), 0,
	    b->version_5 ? MQTT_SUB_OPT_NO_LOCAL : 0, NULL);
	report(json_pack("{s:b, s:b}", "up", 1, "known", flags & 1));
}

/* It may tell why, with MQTT 5. */
static void
disconnected(struct mosquitto *m, void *arg, int reason,
    const mosquitto_property *properties)
{
	struct broker *b = arg;

	(void)m;
	(void)properties;
	if (reason == MQTT_RC_SESSION_TAKEN_OVER)
		say_displaced(b, "another client has connected");
}

static void
subscribed(struct mosquitto *m, void *arg, int mid, int count,
    const int *granted, const mosquitto_property *properties)
{
	struct broker *b = arg;
	char text[WHY_MAX + COURIER_TOPIC_MAX];
	int i;

	(void)m;
	(void)properties;
	if (mid == b->subscription)
		report(json_pack("{s:b}", "serving", 1));
	for (i = 0; i < count && i < b->topic_count; i++) {
		if (granted[i] < 0x80)
			continue;
		snprintf(text, sizeof(text),
		    "the broker refuses us the topic "
		    "%s: see its list of rights",
		    mid == b->subscription ? b->topics[i] : setting(b, "mark"));
		report_text("complaint", text);
	}
}

static void
complained(struct mosquitto *m, void *arg, int level, const char *text)
{
	struct broker *b = arg;

	(void)m;
	if (level == MOSQ_LOG_ERR)
		snprintf(b->why, sizeof(b->why), "%s", text);
}

static int
try_to_connect(struct broker *b)
{
	mosquitto_property *p = NULL;
	int rc;

	if (b->version_5) {
		mosquitto_property_add_int32(
		    &p, MQTT_PROP_SESSION_EXPIRY_INTERVAL, SESSION_S);
		mosquitto_property_add_int32(
		    &p, MQTT_PROP_MAXIMUM_PACKET_SIZE, PACKET_MAX);
	}
	rc = mosquitto_connect_bind_v5(b->mosquitto, setting(b, "host"),
	    (int)body_integer(b->settings, "port", 0), KEEPALIVE_S, NULL, p);
	mosquitto_property_free_all(&p);
	return rc;
}

static void
connect_now(struct broker *b)
{
	int rc;

	b->why[0] = '\0';
	if (login_password(b->settings, b->mosquitto, b->why, sizeof(b->why)) <
	    0) {
		link_lost(b, b->why, false);
		return;
	}
	rc = try_to_connect(b);
	b->linked = mosquitto_socket(b->mosquitto) >= 0;
	if (!b->linked)
		link_lost(
		    b, reason_text(b, rc ? rc : MOSQ_ERR_CONN_LOST), false);
}

void
broker_want(struct broker *b, bool wanted)
{
	b->wanted = wanted;
	if (!wanted)
		cut(b, "ttsd is away");
	else if (!b->linked)
		b->next_ns = clock_now_ns();
}

void
broker_serve(struct broker *b)
{
	if (!b->linked)
		return;
	/* What is retained there would be said at every start; what is to be is
	 * refused as soon as it comes, for which its flag is left on. */
	mosquitto_subscribe_multiple(b->mosquitto, &b->subscription,
	    b->topic_count, b->topics, 1,
	    b->version_5 ? MQTT_SUB_OPT_SEND_RETAIN_NEVER |
			       MQTT_SUB_OPT_RETAIN_AS_PUBLISHED
			 : 0,
	    NULL);
	mosquitto_publish_v5(b->mosquitto, NULL, setting(b, "availability"),
	    sizeof("online") - 1, "online", 1, true, NULL);
}

void
broker_done(struct broker *b, uint64_t number, bool dealt_with)
{
	if (!b->open || number != b->number)
		return; /* of a connection that is lost */
	b->open = false;
	if (dealt_with)
		tell_next(b);
	else
		cut(b, "ttsd has not answered");
}

/* ---- turns ------------------------------------------------------------ */

int
broker_socket(const struct broker *b)
{
	return b->linked ? mosquitto_socket(b->mosquitto) : -1;
}

unsigned
broker_wants(const struct broker *b)
{
	if (!b->linked || b->open)
		return SOCKET_INPUT;
	/* What is written first makes room for what is read: nothing piles up
	 * for a broker that does not read. */
	if (mosquitto_want_write(b->mosquitto))
		return SOCKET_WRITE;
	return SOCKET_INPUT | SOCKET_READ;
}

int64_t
broker_until_ns(const struct broker *b)
{
	if (b->linked)
		return clock_now_ns() + TURN_NS;
	return b->wanted ? b->next_ns : INT64_MAX;
}

void
broker_turn(struct broker *b, unsigned ready)
{
	if (b->linked && ready & SOCKET_WRITE && !b->open)
		look(b, mosquitto_loop_write(b->mosquitto, 1));
	if (b->linked && ready & SOCKET_READ && !b->open)
		look(b, mosquitto_loop_read(b->mosquitto, 1));
	if (b->linked)
		look(b, mosquitto_loop_misc(b->mosquitto));
	if (!b->linked && b->wanted && clock_now_ns() >= b->next_ns)
		connect_now(b);
}

/* ---- life ------------------------------------------------------------- */

static int
read_topics(struct broker *b)
{
	const json_t *list = json_object_get(b->settings, "subscribe"), *one;
	size_t i;

	b->topics = calloc(json_array_size(list) + 1, sizeof(*b->topics));
	if (b->topics == NULL)
		return ERR_NOMEM;
	json_array_foreach(list, i, one)
	{
		/* libmosquitto does not change them. */
		b->topics[b->topic_count] =
		    (char *)(uintptr_t)json_string_value(one);
		if (b->topics[b->topic_count++] == NULL)
			return ERR_INVALID;
	}
	return 0;
}

static int
set_options(struct broker *b)
{
	struct mosquitto *m = b->mosquitto;
	int rc;

	mosquitto_threaded_set(m, true);
	mosquitto_int_option(m, MOSQ_OPT_PROTOCOL_VERSION,
	    b->version_5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
	mosquitto_int_option(m, MOSQ_OPT_RECEIVE_MAXIMUM, RECEIVE_MAX);
	mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
	mosquitto_connect_v5_callback_set(m, connected);
	mosquitto_disconnect_v5_callback_set(m, disconnected);
	mosquitto_subscribe_v5_callback_set(m, subscribed);
	mosquitto_message_v5_callback_set(m, message_came);
	mosquitto_publish_v5_callback_set(m, published);
	mosquitto_log_callback_set(m, complained);
	if (mosquitto_will_set(m, setting(b, "availability"),
		sizeof("offline") - 1, "offline", 1, true))
		return ERR_INVALID;
	rc = login_tls(b->settings, m);
	if (rc == ERR_UNSUPPORTED)
		report_text("complaint",
		    "[mqtt] url asks for TLS (mqtts), which is not in this "
		    "build: set mqtt://, to a broker nearby that goes on "
		    "with TLS");
	else if (rc < 0)
		report_text("complaint",
		    "[mqtt] ca_file, tls_cert or tls_key cannot be read");
	return rc;
}

int
broker_new(const json_t *settings, struct broker **out)
{
	struct broker *b = calloc(1, sizeof(*b));
	int rc = ERR_NOMEM;

	*out = b;
	if (b == NULL)
		return ERR_NOMEM;
	*b = (struct broker){ .settings = settings,
		.version_5 = body_integer(settings, "version", 5) == 5,
		.backoff = { BACKOFF_FIRST_NS, BACKOFF_MAX_NS, 0 },
		.held = json_array() };
	mosquitto_lib_init();
	b->mosquitto = mosquitto_new(setting(b, "id"), false, b);
	if (b->mosquitto && b->held)
		rc = read_topics(b);
	return rc < 0 ? rc : set_options(b);
}

void
broker_free(struct broker *b)
{
	if (b == NULL)
		return;
	if (b->linked)
		socket_cut(mosquitto_socket(b->mosquitto));
	mosquitto_destroy(b->mosquitto);
	mosquitto_lib_cleanup();
	json_decref(b->held);
	free(b->topics);
	free(b);
}
