#include "gateway/courier/message.h"

#include <mqtt_protocol.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/net/encode.h"
#include "gateway/courier/courier.h"

static void
tell_payload(json_t **body, const struct mosquitto_message *m)
{
	size_t len = (size_t)m->payloadlen;
	const char *text = m->payload ? m->payload : "", *fault = NULL;
	json_t *payload = NULL;

	if (len > COURIER_PAYLOAD_MAX)
		fault = "it is longer than 64 KiB";
	else if (memchr(text, '\0', len))
		fault = "there is a NUL in it";
	else if ((payload = json_stringn(text, len)) == NULL)
		fault = "it is not UTF-8";
	if (fault)
		body_put(body, "fault", json_string(fault));
	else
		body_put(body, "payload", payload);
}

/* The first user property of that name. */
static void
tell_key(json_t **body, const mosquitto_property *p)
{
	char *name, *value;
	bool found = false;

	while (!found && (p = mosquitto_property_read_string_pair(p,
			      MQTT_PROP_USER_PROPERTY, &name, &value, false))) {
		found = strcmp(name, COURIER_KEY) == 0;
		if (found && strlen(value) <= COURIER_KEY_MAX)
			body_put_text(body, "key", value);
		free(name);
		free(value);
		p = mosquitto_property_next(p);
	}
}

static void
tell_response(json_t **body, const mosquitto_property *p)
{
	char digits[2 * COURIER_CORRELATION_MAX + 1], *topic = NULL;
	void *data = NULL;
	uint16_t len = 0;

	mosquitto_property_read_string(
	    p, MQTT_PROP_RESPONSE_TOPIC, &topic, false);
	mosquitto_property_read_binary(
	    p, MQTT_PROP_CORRELATION_DATA, &data, &len, false);
	if (topic && strlen(topic) <= COURIER_TOPIC_MAX &&
	    mosquitto_pub_topic_check(topic) == MOSQ_ERR_SUCCESS)
		body_put_text(body, "response", topic);
	if (data && len > 0 && len <= COURIER_CORRELATION_MAX) {
		hex_write(data, len, digits);
		body_put(body, "correlation", json_string(digits));
	}
	free(topic);
	free(data);
}

json_t *
message_tell(
    const struct mosquitto_message *m, const mosquitto_property *properties)
{
	bool named = m->topic && strlen(m->topic) <= COURIER_TOPIC_MAX;
	json_t *body = json_object();
	uint32_t expiry_s;

	body_put_text(&body, "topic", named ? m->topic : "");
	body_put(&body, "retain", json_boolean(m->retain));
	body_put(&body, "id", json_integer(m->qos ? m->mid : 0));
	tell_payload(&body, m);
	if (mosquitto_property_read_int32(properties,
		MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, &expiry_s, false))
		body_put(&body, "expiry_s", json_integer(expiry_s));
	tell_key(&body, properties);
	tell_response(&body, properties);
	return body;
}
