/*
 * Any bytes as a message of a broker's: its topic, its payload, its properties,
 * and what ttsd answers. Whatever comes is dealt with once and answered once at
 * most, and never to what a site is asked or tells; what ttsd is asked is what
 * the topic says and the rights allow.
 *
 *   4 bytes of struct how, then topic, response topic, correlation, key and
 *   answer, each ended by 0xff, and the payload
 */
#include "tests/fuzz/fuzz.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/control/proto.h"
#include "common/err.h"
#include "common/net/encode.h"
#include "gateway/courier/courier.h"
#include "gateway/courier/message.h"
#include "gateway/mqtt/inbox.h"
#include "gateway/mqtt/topic.h"

#define SITE "hall"
#define OWN "ttsd/" SITE "/"
#define OF_GROUP "ttsd/group/east/"

enum part { TOPIC, RESPONSE, CORRELATION, KEY, ANSWER, PARTS };

struct how {
	uint8_t topic;  /* one of ours, or the bytes */
	uint8_t rights; /* a bit each */
	uint8_t packet; /* its number, and what its time is */
	uint8_t way;    /* WAY_* */
};

enum {
	WAY_QOS = 1,
	WAY_RETAIN = 2,
	WAY_MQTT_5 = 4,
	WAY_FULL = 8,    /* no question is taken */
	WAY_SILENT = 16, /* ttsd does not answer */
	WAY_LOST = 32,   /* the connection is lost before it does */
};

struct question {
	peer_answer *fn; /* NULL: it is not open */
	void *arg;
};

struct carrier {
	const struct how *how;
	const char *topic, *response;
	uint64_t number;
	unsigned asked, replies, done;
	bool dealt_with;
	char *line; /* that ttsd was asked last */
	char *key;  /* of that; NULL: it has none */
	json_t *reply;
};

static struct question question;
static struct carrier broker;

/* ---- what the inbox does ------------------------------------------------- */

static bool
may(enum right r)
{
	return broker.how->rights >> r & 1;
}

static void
check_request(const char *line, size_t len)
{
	json_t *asked = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *op = body_string(asked, "op");
	const char *priority = body_string(asked, "priority");
	const char *leaf = strrchr(broker.topic, '/') + 1;
	int i = 0;

	MUST(memchr(line, '\n', len) == line + len - 1 && strlen(line) == len);
	MUST(json_is_object(asked) && op && strcmp(op, leaf) == 0);
	MUST(strncmp(broker.topic, OWN, strlen(OWN)) == 0 ||
	     strncmp(broker.topic, OF_GROUP, strlen(OF_GROUP)) == 0);
	while (i < TOPIC_OPS && strcmp(topic_ops[i].name, op) != 0)
		i++;
	MUST(i < TOPIC_OPS && may(topic_ops[i].may));
	MUST(priority == NULL || strcmp(priority, "urgent") != 0 ||
	     may(RIGHT_URGENT));
	json_decref(asked);
}

int
peer_ask_body(struct peer *p, const json_t *body, peer_answer *fn, void *arg,
    struct question **out)
{
	const char *key = body_string(body, "key");
	size_t len;
	char *line = body_line(body, &len);

	(void)p;
	MUST(line != NULL && question.fn == NULL);
	check_request(line, len);
	if (len > PROTO_LINE_MAX + 1 || broker.how->way & WAY_FULL) {
		free(line);
		return len > PROTO_LINE_MAX + 1 ? ERR_TOO_LONG : ERR_FULL;
	}
	/* What comes again is asked in the same words, with the same key. */
	MUST(broker.line == NULL || strcmp(line, broker.line) == 0);
	free(broker.line);
	free(broker.key);
	broker.line = line;
	broker.key = key ? strdup(key) : NULL;
	broker.asked++;
	question = (struct question){ fn, arg };
	*out = &question;
	return 0;
}

void
question_drop(struct question *q)
{
	MUST(q == &question && q->fn);
	q->fn = NULL;
}

int
carrier_publish(struct carrier *c, const struct carrier_publication *p)
{
	uint8_t data[COURIER_CORRELATION_MAX];

	MUST(c == &broker && c->done == 0 && ++c->replies == 1);
	if (strcmp(p->topic, OWN TOPIC_REPLIES) != 0)
		MUST(c->response && strcmp(p->topic, c->response) == 0 &&
		     strncmp(p->topic, "ttsd/", 5) != 0 && p->topic[0] &&
		     p->topic[0] != '$' &&
		     mosquitto_pub_topic_check(p->topic) == MOSQ_ERR_SUCCESS);
	MUST(p->qos == 1 && !p->retain && p->number == 0);
	MUST(p->correlation == NULL ||
	     hex_read(p->correlation, strlen(p->correlation), data,
		 sizeof(data)) > 0);
	c->reply = json_loads(p->payload, JSON_REJECT_DUPLICATES, NULL);
	MUST(strcmp(body_string(c->reply, "site"), SITE) == 0);
	MUST(strcmp(body_string(c->reply, "topic"), c->topic) == 0);
	return c->how->way & WAY_FULL ? ERR_FULL : 0;
}

void
carrier_done(struct carrier *c, uint64_t message, bool dealt_with)
{
	MUST(c == &broker && message == c->number && ++c->done == 1);
	c->dealt_with = dealt_with;
}

/* ---- a message ----------------------------------------------------------- */

static mosquitto_property *
properties_of(const struct how *how, char *const *parts)
{
	size_t len = strlen(parts[CORRELATION]);
	mosquitto_property *p = NULL;

	/* libmosquitto refuses what no broker can send. */
	mosquitto_property_add_string(
	    &p, MQTT_PROP_RESPONSE_TOPIC, parts[RESPONSE]);
	if (len <= UINT16_MAX)
		mosquitto_property_add_binary(&p, MQTT_PROP_CORRELATION_DATA,
		    parts[CORRELATION], (uint16_t)len);
	mosquitto_property_add_string_pair(
	    &p, MQTT_PROP_USER_PROPERTY, "other", parts[TOPIC]);
	mosquitto_property_add_string_pair(
	    &p, MQTT_PROP_USER_PROPERTY, COURIER_KEY, parts[KEY]);
	if (how->packet & 1)
		mosquitto_property_add_int32(
		    &p, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, how->packet / 2);
	return p;
}

/* As the gateway reads it of the courier. */
static json_t *
tell(const struct how *how, char *const *parts, char *payload, size_t len)
{
	const struct mosquitto_message m = { .mid = how->packet,
		.topic = parts[TOPIC],
		.payload = len ? payload : NULL,
		.payloadlen = (int)len,
		.qos = how->way & WAY_QOS,
		.retain = how->way & WAY_RETAIN };
	mosquitto_property *p =
	    how->way & WAY_MQTT_5 ? properties_of(how, parts) : NULL;
	json_t *told = message_tell(&m, p), *read;
	size_t bytes;
	char *line;

	mosquitto_property_free_all(&p);
	body_put(&told, "message", json_integer((json_int_t)++broker.number));
	line = body_line(told, &bytes);
	json_decref(told);
	MUST(line != NULL && bytes <= COURIER_LINE_MAX);
	read = json_loadb(line, bytes, 0, NULL);
	free(line);
	MUST(read != NULL);
	return read;
}

/* What becomes of the question; true: the answer is one. */
static bool
answer(struct inbox *in, const struct how *how, const char *text)
{
	peer_answer *fn = question.fn;
	size_t len = strlen(text);
	json_t *read;
	bool good;

	MUST(in->asked == &question && broker.done + broker.replies == 0);
	if (how->way & WAY_LOST) {
		inbox_forget(in);
		MUST(broker.done == 0 && question.fn == NULL);
		return false;
	}
	read = json_loadb(text, len, 0, NULL);
	good = json_is_object(read) && !(how->way & WAY_SILENT);
	json_decref(read);
	question.fn = NULL;
	if (how->way & WAY_SILENT)
		fn(question.arg, NULL, 0, ERR_TIMEOUT);
	else
		fn(question.arg, text, len, 0);
	MUST(broker.done == 1 && (broker.dealt_with || !good));
	return good;
}

static void
take(struct inbox *in, const struct how *how, char *const *parts, json_t *told)
{
	bool good = true;

	json_decref(broker.reply);
	broker.reply = NULL;
	broker.topic = body_string(told, "topic");
	broker.response = body_string(told, "response");
	broker.asked = broker.replies = broker.done = 0;
	inbox_take(in, told);
	if (question.fn)
		good = answer(in, how, parts[ANSWER]);
	else
		MUST(broker.done == 1);
	MUST(in->message == NULL && in->request == NULL && in->asked == NULL);
	MUST(broker.replies <= broker.done * broker.dealt_with);
	if (good && broker.dealt_with &&
	    topic_read(broker.topic, SITE, in->groups) != TOPIC_OPS)
		MUST(broker.replies == 1);
}

/* The broker gives it again, for it does not know that we have it. What is
 * known to be accepted is not asked again. */
static void
take_again(struct inbox *in, const struct how *how, char *const *parts,
    char *payload, size_t len)
{
	int64_t packet = how->way & WAY_QOS ? how->packet : 0;
	bool was_asked = broker.asked > 0;
	uint64_t id = was_asked && broker.key
			  ? redelivery_find(&in->lately, packet, broker.key)
			  : 0;
	json_t *told = tell(how, parts, payload, len);

	take(in, how, parts, told);
	MUST(broker.asked == (was_asked && id == 0));
	if (id) {
		MUST(json_is_true(json_object_get(broker.reply, "duplicate")));
		MUST(body_id(broker.reply, "id") == id);
	}
	json_decref(told);
}

static char *
text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Splits the bytes; returns where the payload begins. */
static size_t
split(const uint8_t *data, size_t size, char *parts[PARTS])
{
	const uint8_t *end;
	size_t at = 0, len;
	int i;

	for (i = 0; i < PARTS; i++) {
		end = memchr(data + at, 0xff, size - at);
		len = end ? (size_t)(end - data) - at : size - at;
		parts[i] = text_of(data + at, len);
		at += len + (end != NULL);
	}
	return at;
}

/* One of ours, most of the time. */
static void
choose_topic(char **topic, unsigned choice)
{
	char own[TOPIC_MAX];

	if (choice >= 2 * TOPIC_OPS)
		return;
	if (choice < TOPIC_OPS)
		topic_write(own, SITE, topic_ops[choice].name);
	else
		topic_write_group(
		    own, "east", topic_ops[choice - TOPIC_OPS].name);
	free(*topic);
	*topic = strdup(own);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char east[] = "east", *groups[] = { east, NULL }, *parts[PARTS];
	struct how how;
	struct inbox in = { .site = SITE, .groups = groups };
	char *payload;
	json_t *told;
	size_t at;
	int i;

	if (size < sizeof(how))
		return 0;
	memcpy(&how, data, sizeof(how));
	data += sizeof(how);
	size -= sizeof(how);
	at = split(data, size, parts);
	choose_topic(&parts[TOPIC], how.topic % (2 * TOPIC_OPS + 4));
	payload = exact_copy(data + at, size - at);
	broker = (struct carrier){ .how = &how };
	in.carrier = &broker;
	in.rights = how.rights;

	told = tell(&how, parts, payload, size - at);
	take(&in, &how, parts, told);
	json_decref(told);
	take_again(&in, &how, parts, payload, size - at);

	json_decref(broker.reply);
	free(broker.line);
	free(broker.key);
	free(payload);
	for (i = 0; i < PARTS; i++)
		free(parts[i]);
	return 0;
}
