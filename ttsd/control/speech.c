#include "ttsd/control/speech.h"

#include "common/control/session.h"
#include "ttsd/control/compose.h"

/* As of a channel's configuration. */
#define RATE_MIN_HZ 8000
#define RATE_MAX_HZ 192000
#define SOUND_CHANNELS_MAX 8

static const struct field speak_fields[] = {
	{ .name = "text", .type = FIELD_STRING },
	{ .name = "ssml", .type = FIELD_STRING },
	{ .name = "parts", .type = FIELD_ARRAY, .max = PARTS_MAX - 1 },
	{ .name = "chime", .type = FIELD_STRING },
	{ .name = "channel", .type = FIELD_STRING },
	{ .name = "format", .type = FIELD_OBJECT },
	SPEECH_FIELDS,
	{ .name = NULL },
};

static const struct field format_fields[] = {
	{ .name = "rate",
	    .type = FIELD_INTEGER,
	    .min = RATE_MIN_HZ,
	    .max = RATE_MAX_HZ },
	{ .name = "channels",
	    .type = FIELD_INTEGER,
	    .min = 1,
	    .max = SOUND_CHANNELS_MAX },
	{ .name = NULL },
};

/* It is asked for alone, by speech_asked(), for it has more to give than a
 * reply. */
const struct op ttsd_speech_ops[] = {
	{ .name = "speak",
	    .fields = speak_fields,
	    .may = RIGHT_SAY,
	    .help = "speak a text for who asks, on no channel" },
	{ .name = NULL },
};

static void
answer_format(struct reply *r, const struct speech_order *order)
{
	reply_set(r, "rate", json_integer(order->rate_hz));
	reply_set(r, "channels", json_integer(order->channels));
}

static enum verdict
speak(struct ttsd *t, const json_t *body, struct speech_order *order,
    struct reply *r)
{
	/* It is spoken in its manner; it is not woken. */
	const struct channel *ch = ttsd_find_channel(t, body, r);
	json_t *format = json_object_get(body, "format");
	struct composition c = { .t = t,
		.what = "speak",
		.kinds = "\"text\", \"ssml\" or \"parts\"",
		.body = body,
		.r = r };

	if (ch == NULL ||
	    (format && !check_fields("format", format_fields, format, r)))
		return OP_DONE;
	order->rate_hz =
	    (uint32_t)body_integer(format, "rate", ch->conf->rate_hz);
	order->channels =
	    (uint32_t)body_integer(format, "channels", ch->conf->channels);
	order->saying = saying_new();
	if (order->saying == NULL) {
		reply_no_memory(r);
		return OP_DONE;
	}
	c.own = &ch->defaults;
	c.saying = order->saying;
	if (compose_parts(&c))
		answer_format(r, order);
	return c.later ? OP_LATER : OP_DONE;
}

/* A plain request, or one for the control socket, is told what there is. */
static void
refuse_op(struct request *req, struct reply *r)
{
	req->plain = false;
	reply_error(r, PROTO_UNKNOWN_OP,
	    "this socket takes {\"op\":\"speak\",\"text\":...} alone; all else "
	    "is asked of control.sock");
}

static enum verdict
speak_if_asked(struct ttsd *t, const struct request *req,
    struct speech_order *order, struct reply *r)
{
	if (t->stopping) {
		reply_error(r, PROTO_UNAVAILABLE, "ttsd is stopping");
		return OP_DONE;
	}
	if (r->body == NULL) {
		reply_no_memory(r);
		return OP_DONE;
	}
	return speak(t, req->body, order, r);
}

static enum verdict
speech_asked(void *arg, const char *line, size_t len,
    struct speech_order *order, struct buf *reply)
{
	struct reply r = { .body = json_object() };
	enum verdict verdict = OP_DONE;
	struct request req;

	if (proto_parse(line, len, ttsd_speech_ops, &req, &r) == 0)
		verdict = speak_if_asked(arg, &req, order, &r);
	else if (req.plain || r.error == PROTO_UNKNOWN_OP)
		refuse_op(&req, &r);
	if (verdict == OP_DONE && proto_write_reply(reply, &req, &r) < 0)
		reply_no_memory(&r);
	if (verdict == OP_LATER || r.error) {
		saying_release(order->saying);
		order->saying = NULL;
	}
	request_done(&req);
	json_decref(r.body);
	return verdict;
}

const struct speech_owner ttsd_speech_owner = { .ask = speech_asked };
