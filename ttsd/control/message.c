#include "ttsd/control/message.h"

#include "common/body.h"
#include "common/conf/schema.h"
#include "common/control/session.h"
#include "common/err.h"
#include "ttsd/control/prepared.h"
#include "ttsd/control/reach.h"
#include "ttsd/desk/template.h"

/* More than a line holds. */
#define TEXT_MAX PROTO_LINE_MAX

/* Nobody can make ahead what is known when it is called. */
static int
check_prepare(const struct conf_message *m, struct conf_error *e)
{
	json_t *fields = m->prepare ? template_fields(m->text) : NULL;
	const char *first = json_string_value(json_array_get(fields, 0));
	int rc = 0;

	if (first)
		rc = conf_blame(e, &m->block, "prepare",
		    "the text has the field {%.40s}, which is not known before "
		    "it is called; only a text without fields can be prepared",
		    first);
	json_decref(fields);
	return rc;
}

int
message_check(const struct conf *conf, struct conf_error *e)
{
	const struct conf_message *m;
	struct template_fault f;
	size_t i;

	for (i = 0; i < conf->messages.count; i++) {
		m = conf_message_at(conf, i);
		if (template_check(m->text, &f) < 0)
			return conf_blame(e, &m->block, "text",
			    "expected a field such as {ticket}, or {{ and }} "
			    "for braces, at '%s'",
			    f.name);
		if (check_prepare(m, e) < 0)
			return ERR_INVALID;
	}
	return 0;
}

/* ---- its text ----------------------------------------------------------- */

/* The fields as texts: what a form or a program sends may be a number. */
static json_t *
texts_of(const json_t *fields, struct reply *r)
{
	json_t *texts = json_object(), *value;
	const char *name;

	json_object_foreach((json_t *)fields, name, value)
	{
		if (json_is_integer(value))
			body_put(&texts, name,
			    json_sprintf("%" JSON_INTEGER_FORMAT,
				json_integer_value(value)));
		else if (json_is_string(value))
			body_put(&texts, name, json_incref(value));
		else
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"%.40s\" in \"fields\" must be a string or a "
			    "whole number",
			    name);
	}
	if (texts == NULL)
		reply_no_memory(r);
	return texts;
}

static void
blame_field(const struct conf_message *m, int err,
    const struct template_fault *f, struct reply *r)
{
	if (err == ERR_NOT_FOUND)
		reply_error(r, PROTO_BAD_REQUEST,
		    "[message %s] needs the field \"%s\" in \"fields\"",
		    m->block.name, f->name);
	else if (err == ERR_UNSUPPORTED)
		reply_error(r, PROTO_BAD_REQUEST,
		    "[message %s] has no field \"%s\"; 'messages' lists what "
		    "it has",
		    m->block.name, f->name);
	else if (err == ERR_FULL)
		reply_error(r, PROTO_TOO_LONG,
		    "the text of [message %s] is too long with these fields",
		    m->block.name);
	else
		reply_no_memory(r);
}

static json_t *
text_of(const struct conf_message *m, const json_t *texts, struct reply *r)
{
	struct template_fault f;
	json_t *text = NULL;
	struct buf out;
	int rc;

	buf_init(&out, TEXT_MAX);
	rc = template_fill(m->text, texts, &out, &f);
	if (rc == 0)
		text = json_stringn(
		    buf_len(&out) ? (const char *)buf_data(&out) : "",
		    buf_len(&out));
	if (text == NULL)
		blame_field(m, rc, &f, r);
	buf_done(&out);
	return text;
}

/* ---- the request -------------------------------------------------------- */

/* Adds a field that the request does not have. */
static void
add_own(json_t **whole, const char *name, json_t *value)
{
	if (*whole && json_object_get(*whole, name))
		json_decref(value);
	else
		body_put(whole, name, value);
}

static void
add_word(json_t **whole, const char *name, const char *word)
{
	if (word[0])
		add_own(whole, name, json_string(word));
}

static void
add_number(json_t **whole, const char *name, int64_t number, int64_t none)
{
	if (number != none)
		add_own(whole, name, json_integer(number));
}

void
message_add_channels(json_t **whole, char *const *names)
{
	json_t *list;

	if (names == NULL || names[0] == NULL)
		return;
	if (names[1] == NULL) {
		add_word(whole, "channel", names[0]);
		return;
	}
	list = json_array();
	for (; *names; names++)
		body_append(&list, json_string(*names));
	add_own(whole, "channel", list);
}

static void
add_settings(json_t **whole, const struct conf_message *m)
{
	add_word(whole, "chime", m->chime);
	if (m->repeat == CONF_UNTIL_CANCELLED)
		add_word(whole, "repeat", schema_repeats[m->repeat]);
	else
		add_number(whole, "repeat", m->repeat, 1);
	add_number(whole, "gap_ms", m->gap_ns / NS_PER_MS, 0);
	add_number(whole, "ttl_ms", m->ttl_ns / NS_PER_MS, 0);
	add_word(whole, "priority", schema_priorities[m->priority]);
	if (m->spell)
		add_word(whole, "spell", schema_spells[m->spell]);
	message_add_channels(whole, m->channels);
	add_word(whole, "voice", m->voice);
	add_word(whole, "language", m->language);
}

json_t *
message_fill(const struct conf_message *m, const json_t *body, struct reply *r)
{
	json_t *texts = texts_of(json_object_get(body, "fields"), r);
	json_t *text = r->error ? NULL : text_of(m, texts, r);
	json_t *whole = text ? json_object() : NULL;

	/* A copy of jansson's would lack what there was no memory for. */
	body_merge(&whole, (json_t *)body);
	json_object_del(whole, "fields");
	if (text)
		body_put(&whole, "text", text);
	if (m->show && json_object_size(texts) > 0)
		add_own(&whole, "show", json_incref(texts));
	add_settings(&whole, m);
	json_decref(texts);
	if (whole == NULL && r->error == PROTO_OK)
		reply_no_memory(r);
	return whole;
}

/* Does the request say itself what the section says? */
static bool
check_alone(const json_t *body, struct reply *r)
{
	static const char *const others[] = { "text", "ssml", "parts" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (json_object_get(body, others[i])) {
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"message\" and \"%s\" exclude each other",
			    others[i]);
			return false;
		}
	return true;
}

json_t *
message_word(const struct ttsd *t, const struct session *asks,
    const json_t *body, struct reply *r)
{
	const char *name = body_string(body, "message");
	const struct conf_message *m;

	if (name == NULL && json_object_get(body, "fields")) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"fields\" are those of a \"message\", which is missing");
		return NULL;
	}
	if (name == NULL)
		return json_incref((json_t *)body);
	m = check_alone(body, r) ? reach_pick_message(t, asks, name, r) : NULL;
	return m ? message_fill(m, body, r) : NULL;
}

json_t *
message_recall(const struct session *session)
{
	return json_object_get(session->memo, "request");
}

void
message_remember(struct session *session, json_t *whole)
{
	if (session->memo && message_recall(session) == NULL)
		json_object_set(session->memo, "request", whole);
}

/* ---- what there is ------------------------------------------------------ */

enum verdict
op_messages(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	const struct ttsd *t = ctx;
	const struct conf_message *m;
	json_t *list = json_array(), *one, *prepared;
	size_t i;

	(void)body;
	for (i = 0; i < t->conf.messages.count; i++) {
		m = conf_message_at(&t->conf, i);
		if (!reach_has_message(t, s, m))
			continue;
		one = json_pack("{s:s, s:s, s:o}", "name", m->block.name,
		    "text", m->text, "fields", template_fields(m->text));
		prepared = prepared_describe(t->prepared, m, s);
		if (prepared)
			body_put(&one, "prepared", prepared);
		body_append(&list, one);
	}
	reply_set(r, "messages", list);
	return OP_DONE;
}
