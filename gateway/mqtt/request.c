#include "gateway/mqtt/request.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/buf.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/net/encode.h"
#include "daemon/schedule_say.h"
#include "platform/secret.h"

/* The longest that ttsd takes. */
#define TTL_MAX_MS (INT64_C(7) * 24 * 3600 * 1000)
#define KEY_BYTES 16

static void __attribute__((format(printf, 3, 4)))
refuse(struct mqtt_request *r, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
	r->code = code;
	json_decref(r->body);
	r->body = NULL;
}

static void
refuse_memory(struct mqtt_request *r)
{
	refuse(r, "unavailable", "there is no memory for it");
}

/* ---- what it says ----------------------------------------------------- */

static void
read_json(struct mqtt_request *r, const char *text)
{
	json_error_t e;
	int rc;

	rc = body_parse(
	    text, strlen(text), JSON_REJECT_DUPLICATES, &r->body, &e);
	if (rc == ERR_NOMEM)
		refuse_memory(r);
	else if (rc < 0)
		refuse(r, "bad-request", "%s", e.text);
}

static void
read_payload(struct mqtt_request *r, enum topic_op op, const char *text)
{
	const char *plain = topic_ops[op].plain;

	if (text[strspn(text, " \t\r\n")] == '{') {
		read_json(r, text);
		return;
	}
	r->body = json_object();
	if (plain && text[0] == '\0')
		refuse(r, "bad-request", "there is nothing in it");
	else if (plain)
		body_put_text(&r->body, plain, text);
}

/* ---- what the message around it says ---------------------------------- */

static void
put_derived_key(json_t **body, const json_t *message, const char *payload)
{
	const char *topic = body_string(message, "topic");
	char digits[2 * KEY_BYTES + 1], id[32];
	uint8_t hash[SECRET_SHA256_BYTES];
	struct buf all;
	int rc;

	snprintf(id, sizeof(id), "%" PRId64, body_integer(message, "id", 0));
	buf_init(&all, SIZE_MAX);
	rc = buf_put(&all, topic, strlen(topic) + 1);
	if (rc == 0)
		rc = buf_put(&all, id, strlen(id) + 1);
	if (rc == 0)
		rc = buf_puts(&all, payload);
	if (rc < 0) {
		json_decref(*body);
		*body = NULL;
	} else {
		secret_sha256(buf_data(&all), buf_len(&all), hash);
		hex_write(hash, KEY_BYTES, digits);
		body_put(body, "key", json_sprintf("mqtt-%s", digits));
	}
	buf_done(&all);
}

static void
put_key(json_t **body, const json_t *message, const char *payload)
{
	const char *key = body_string(message, "key");

	if (json_object_get(*body, "key"))
		return;
	if (key)
		body_put_text(body, "key", key);
	else if (body_integer(message, "id", 0) > 0)
		put_derived_key(body, message, payload);
}

/* What is left of the message's time is what the announcement has. */
static void
put_ttl(struct mqtt_request *r, const json_t *message)
{
	int64_t ms = body_integer(message, "expiry_s", -1);
	const json_t *own = json_object_get(r->body, "ttl_ms");

	if (ms < 0)
		return;
	ms = ms > TTL_MAX_MS / 1000 ? TTL_MAX_MS : ms * 1000;
	if (ms == 0)
		refuse(r, "bad-request", "its time is over");
	else if (own == NULL ||
		 (json_is_integer(own) && json_integer_value(own) > ms))
		body_put(&r->body, "ttl_ms", json_integer(ms));
}

static bool
may(uint32_t rights, enum right r)
{
	return rights >> r & 1;
}

static void
check_rights(struct mqtt_request *r, enum topic_op op, uint32_t rights)
{
	const char *priority = body_string(r->body, "priority");
	enum right needed = topic_ops[op].may;

	if (may(rights, needed) && priority && strcmp(priority, "urgent") == 0)
		needed = RIGHT_URGENT;
	if (!may(rights, needed))
		refuse(r, "denied", "[mqtt] may has not '%s', which this takes",
		    right_name(needed));
	else if (needed == RIGHT_SAY && !may(rights, RIGHT_URGENT))
		/* A message may be urgent without a word of it here. */
		body_put(&r->body, "no_urgent", json_true());
}

/* A key that the gateway will ask with would silence a bell. */
static void
check_key(struct mqtt_request *r)
{
	const char *key = body_string(r->body, "key");

	if (key && strncmp(key, SCHEDULE_KEY, strlen(SCHEDULE_KEY)) == 0)
		refuse(r, "bad-request",
		    "\"key\": those that begin with '" SCHEDULE_KEY
		    "' are the gateway's own");
}

/* A broker may give a message once more long after it was spoken. */
static void
check_again(struct mqtt_request *r)
{
	if (json_object_get(r->body, "again"))
		refuse(r, "bad-request",
		    "\"again\" is not for messages, which may come twice: "
		    "give it another \"key\"");
}

static void
complete_say(struct mqtt_request *r, const json_t *message, const char *payload)
{
	check_again(r);
	if (r->body)
		put_ttl(r, message);
	if (r->body == NULL)
		return;
	put_key(&r->body, message, payload);
	check_key(r);
	if (r->body == NULL)
		return;
	/* A broker does not tell who publishes: what a message says of that
	 * is its own word, and the history is not to have it for the truth. */
	body_put(&r->body, "by", json_string(REQUEST_BY));
}

void
request_read(enum topic_op op, const json_t *message, uint32_t rights,
    struct mqtt_request *out)
{
	const char *payload = body_string(message, "payload");
	const char *fault = body_string(message, "fault");

	*out = (struct mqtt_request){ .body = NULL };
	if (json_is_true(json_object_get(message, "retain")))
		refuse(out, "bad-request",
		    "it is retained, and would be said at every start: "
		    "publish it without");
	else if (fault || payload == NULL)
		refuse(out, "bad-request", "%s", fault ? fault : "no payload");
	else
		read_payload(out, op, payload);
	if (out->body)
		check_rights(out, op, rights);
	if (out->body && op == TOPIC_SAY)
		complete_say(out, message, payload);
	if (out->body)
		body_put(&out->body, "op", json_string(topic_ops[op].name));
	if (out->body == NULL && out->code == NULL)
		refuse_memory(out);
}
