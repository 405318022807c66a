/* `say`: its text, its requests, and asking for them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/buf.h"
#include "common/control/proto.h"
#include "common/err.h"
#include "common/text/clause.h"
#include "common/utf8.h"
#include "ttsctl/client.h"
#include "ttsctl/option.h"
#include "ttsctl/request.h"
#include "ttsctl/say.h"

/* A blank and the id of an announcement have at most so many characters. */
#define ID_MAX 24

/* ---- its text ----------------------------------------------------------- */

/* `say -` reads at most so many bytes. */
#define TEXT_MAX_BYTES (1024u * 1024)

/* Reads all of standard input, without the newlines at its end. */
static enum status
read_text(struct buf *text)
{
	char chunk[4096];
	size_t n;

	while ((n = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
		if (buf_put(text, chunk, n) < 0)
			return complain_data(
			    "the text is longer than %u bytes", TEXT_MAX_BYTES);
	if (ferror(stdin))
		return complain(
		    "standard input cannot be read: %s", strerror(errno));
	while (buf_len(text) > 0 && text->mem[text->end - 1] == '\n')
		text->end--;
	return STATUS_DONE;
}

static enum status
join_words(const struct call *call, struct buf *text)
{
	size_t i;

	for (i = 0; i < call->word_count; i++)
		if (buf_putf(text, "%s%s", i ? " " : "", call->words[i]) < 0)
			return complain_data("the text is too long");
	return STATUS_DONE;
}

/* JSON would pass a NUL on, and no voice has a word for it. */
static enum status
check_text(const struct buf *text)
{
	size_t len = buf_len(text);
	const uint8_t *nul = len > 0 ? memchr(buf_data(text), '\0', len) : NULL;

	if (nul)
		return complain_data("byte %zu of the text is a NUL: that is "
				     "no text, or none in UTF-8",
		    (size_t)(nul - buf_data(text)) + 1);
	if (!utf8_valid((const char *)buf_data(text), len))
		return complain_data("the text is not UTF-8");
	return STATUS_DONE;
}

/* The words are the fields of a message. */
static enum status
prepare_message(struct call *call)
{
	enum status status;
	json_t *fields;

	if (call_flag(call, "ssml"))
		return complain_usage(
		    call, "--ssml and --message exclude each other");
	fields = json_object();
	status = settings_put(call, fields, 0, NULL);
	if (call->word_count > 0)
		json_object_set(call->request, "fields", fields);
	json_decref(fields);
	return status;
}

enum status
prepare_say(struct call *call)
{
	bool from_input =
	    call->word_count == 1 && strcmp(call->words[0], "-") == 0;
	enum status status;
	struct buf text;

	if (json_object_get(call->request, "message"))
		return prepare_message(call);
	if (call->word_count == 0)
		return complain_usage(
		    call, "expected %s", call->command->arguments);
	buf_init(&text, TEXT_MAX_BYTES);
	status = from_input ? read_text(&text) : join_words(call, &text);
	if (status == STATUS_DONE)
		status = check_text(&text);
	if (status == STATUS_DONE)
		json_object_set_new(call->request,
		    call_flag(call, "ssml") ? "ssml" : "text",
		    buf_len(&text) ? json_stringn((const char *)buf_data(&text),
					 buf_len(&text))
				   : json_string(""));
	buf_done(&text);
	return status;
}

/* ---- its requests ------------------------------------------------------- */

/* Texts of so many bytes fit in a line, were all of it quotes. */
#define PIECE_MAX 30000

static bool
fits_in_a_line(const json_t *request)
{
	char *text = body_text(request);
	bool fits = text && strlen(text) <= PROTO_LINE_MAX;

	free(text);
	return fits;
}

/* What cannot be asked of a text in pieces: each would be repeated by itself,
 * and the later ones be over before their turn. */
static enum status
check_parting(const struct call *call)
{
	static const struct {
		const char *field, *option;
	} whole[] = { { "repeat", "repeat" }, { "ttl_ms", "ttl" } };
	size_t i;

	if (call_flag(call, "ssml"))
		return complain_data("SSML of more than %d bytes is not "
				     "parted; send it as several documents",
		    PROTO_LINE_MAX);
	for (i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (json_object_get(call->request, whole[i].field))
			return complain_usage(call,
			    "--%s does not go with a text of more than %d "
			    "bytes, which is said as several announcements",
			    whole[i].option, PROTO_LINE_MAX);
	return STATUS_DONE;
}

/* Has the later pieces keys of their own: "news", "news/2", ... */
static void
number_key(json_t *request, size_t number)
{
	const char *key = json_string_value(json_object_get(request, "key"));

	if (key)
		json_object_set_new(
		    request, "key", json_sprintf("%s/%zu", key, number));
}

/* What is to be heard or seen once belongs to the first. */
static json_t *
piece_request(const json_t *whole, json_t *text, size_t number)
{
	static const char *const once[] = { "chime", "show", "replaces" };
	json_t *request = json_copy((json_t *)whole);
	size_t i;

	json_object_set_new(request, "text", text);
	if (number == 1)
		return request;
	number_key(request, number);
	for (i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		json_object_del(request, once[i]);
	return request;
}

static bool
is_blank(const char *text, size_t len)
{
	uint32_t c;
	size_t n;

	for (; len > 0; text += n, len -= n) {
		n = utf8_decode(text, len, &c);
		if (n == 0 || !utf8_is_blank(c))
			return false;
	}
	return true;
}

static void
add_pieces(struct saying *s, const json_t *whole)
{
	const json_t *value = json_object_get(whole, "text");
	const char *text = json_string_value(value);
	size_t len = json_string_length(value), n, number = 1;

	for (; len > 0; text += n, len -= n) {
		n = clause_cut(text, len, PIECE_MAX);
		if (!is_blank(text, n))
			body_append(
			    &s->requests, piece_request(whole,
					      json_stringn(text, n), number++));
	}
}

/* Makes the requests of a call; complains where a text is too long for what is
 * asked of it. saying_done() is due either way. */
static enum status
saying_init(struct saying *s, struct call *call)
{
	json_t *whole = request_of(call);
	enum status status = STATUS_DONE;

	*s = (struct saying){ .requests = json_array(), .ids = json_array() };
	if (fits_in_a_line(whole))
		body_append(&s->requests, json_incref(whole));
	else if ((status = check_parting(call)) == STATUS_DONE)
		add_pieces(s, whole);
	json_decref(whole);
	return s->requests ? status : complain("%s", err_text(ERR_NOMEM));
}

static void
saying_done(struct saying *s)
{
	json_decref(s->requests);
	json_decref(s->ids);
}

json_t *
saying_next(const struct saying *s)
{
	return json_incref(json_array_get(s->requests, s->answered));
}

void
saying_note(struct saying *s, const json_t *reply)
{
	json_t *ids = json_object_get(reply, "ids"), *id;
	const char *channel;

	s->answered++;
	if (json_object_get(reply, "id"))
		json_array_append(s->ids, json_object_get(reply, "id"));
	json_object_foreach(ids, channel, id)
	{
		json_array_append(s->ids, id);
	}
}

void
saying_undo(const struct call *call, const json_t *ids, char *out, size_t size)
{
	const char *folder = call_option(call, "runtime-dir");
	size_t count = json_array_size(ids), i, at;

	at = (size_t)snprintf(out, size, "ttsctl %s%s%scancel",
	    folder ? "-r " : "", folder ? folder : "", folder ? " " : "");
	for (i = 0; i < count && at + 2 * ID_MAX < size; i++)
		at += (size_t)snprintf(out + at, size - at,
		    " %" JSON_INTEGER_FORMAT,
		    json_integer_value(json_array_get(ids, i)));
	if (i < count && at < size)
		snprintf(out + at, size - at, " ...");
}

bool
saying_refused(const struct saying *s, const struct call *call, const char *why)
{
	char undo[SAYING_UNDO_MAX];

	if (s->answered == 0)
		return false;
	saying_undo(call, s->ids, undo, sizeof(undo));
	complain("%s\n"
		 "  of the %zu announcements of this text %zu are queued; to "
		 "take them back: %s",
	    why, json_array_size(s->requests), s->answered, undo);
	return true;
}

/* ---- the conversation --------------------------------------------------- */

static void
said(struct client *c, const json_t *reply)
{
	struct saying *s = c->arg;
	json_t *next;

	saying_note(s, reply);
	request_show(c, reply);
	next = saying_next(s);
	if (next)
		client_send(c, next);
	else
		client_finish(c, STATUS_DONE);
}

static bool
refused(struct client *c, const char *why)
{
	return saying_refused(c->arg, c->call, why);
}

static enum status
say_all(struct call *call, struct saying *s)
{
	static const struct client_events events = { .reply = said,
		.refused = refused };
	struct client c;
	enum status status = client_open(&c, call, &events, s);

	if (status == STATUS_DONE) {
		client_send(&c, saying_next(s));
		status = client_run(&c);
	}
	client_close(&c);
	return status;
}

enum status
run_say(struct call *call)
{
	bool wait = call_flag(call, "wait") || call_option(call, "wait");
	struct saying s;
	enum status status = saying_init(&s, call);

	if (status == STATUS_DONE)
		status = wait ? say_and_wait(call, &s) : say_all(call, &s);
	saying_done(&s);
	return status;
}
