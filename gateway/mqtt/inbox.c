#include "gateway/mqtt/inbox.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "gateway/mqtt/request.h"

static void
inbox_clear(struct inbox *in)
{
	json_decref(in->message);
	json_decref(in->request);
	in->message = in->request = NULL;
	in->asked = NULL;
}

/* The answer, to where it was asked for or to the site's own topic. Takes
 * `reply` over. */
static void
send_reply(struct inbox *in, json_t *reply)
{
	const char *response = body_string(in->message, "response");
	const char *key = body_string(in->request, "key");
	char own[TOPIC_MAX];
	char *text;

	topic_write(own, in->site, TOPIC_REPLIES);
	body_put(&reply, "site", json_string(in->site));
	body_put_text(&reply, "topic", body_string(in->message, "topic"));
	if (key)
		body_put_text(&reply, "key", key);
	text = body_text(reply);
	if (text)
		carrier_publish(in->carrier,
		    &(struct carrier_publication){
			.topic = response && topic_may_answer(response)
				     ? response
				     : own,
			.payload = text,
			.qos = 1,
			.correlation = body_string(in->message, "correlation"),
		    });
	free(text);
	json_decref(reply);
}

/* The message is dealt with, or to be given once more. */
static void
inbox_end(struct inbox *in, bool dealt_with)
{
	uint64_t number = body_count(in->message, "message");

	inbox_clear(in);
	carrier_done(in->carrier, number, dealt_with);
}

/* Ends it with an answer. Takes `reply` over. */
static void
answer(struct inbox *in, json_t *reply)
{
	send_reply(in, reply);
	inbox_end(in, true);
}

static void
refuse(struct inbox *in, const char *code, const char *why)
{
	json_t *reply = json_pack("{s:b, s:s}", "ok", 0, "error", code);

	body_put_text(&reply, "message", why);
	answer(in, reply);
}

static void
answered(void *arg, const char *line, size_t len, int err)
{
	struct inbox *in = arg;
	json_t *reply = line ? json_loadb(line, len, 0, NULL) : NULL;
	const char *key = body_string(in->request, "key");

	in->asked = NULL;
	if (reply == NULL) {
		log_warning("mqtt ttsd has not answered (%s): the broker gives "
			    "the message once more",
		    err_text(err));
		inbox_end(in, false);
		return;
	}
	if (key && json_is_true(json_object_get(reply, "ok")))
		redelivery_note(&in->lately, body_integer(in->message, "id", 0),
		    key, body_id(reply, "id"));
	answer(in, reply);
}

/* Was it answered already, over a connection that is lost? */
static bool
answer_again(struct inbox *in)
{
	const char *key = body_string(in->request, "key");
	uint64_t id = key ? redelivery_find(&in->lately,
				body_integer(in->message, "id", 0), key)
			  : 0;

	if (id == 0)
		return false;
	answer(in, json_pack("{s:b, s:I, s:b}", "ok", 1, "id", (json_int_t)id,
		       "duplicate", 1));
	return true;
}

static void
ask(struct inbox *in)
{
	uint64_t number = body_count(in->message, "message");
	int rc = peer_ask_body(in->ttsd, in->request, answered, in, &in->asked);

	if (rc == ERR_TOO_LONG) {
		refuse(in, "too-long", "it is longer than ttsd takes");
		return;
	}
	log_debug("mqtt message=%" PRIu64 " asks ttsd for %s", number,
	    body_string(in->request, "op"));
	if (rc < 0)
		inbox_end(in, false);
}

void
inbox_take(struct inbox *in, const json_t *message)
{
	enum topic_op op;
	struct mqtt_request r;

	inbox_forget(in);
	in->message = json_incref((json_t *)(uintptr_t)message);
	op = topic_read(body_string(message, "topic"), in->site, in->groups);
	if (op == TOPIC_OPS) {
		/* Nobody subscribed to that. */
		inbox_end(in, true);
		return;
	}
	request_read(op, message, in->rights, &r);
	in->request = r.body;
	if (r.body == NULL)
		refuse(in, r.code, r.why);
	else if (!answer_again(in))
		ask(in);
}

void
inbox_forget(struct inbox *in)
{
	if (in->asked)
		question_drop(in->asked);
	inbox_clear(in);
}
