/* What is asked, and answered in its order. */
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/control/proto.h"
#include "common/err.h"
#include "common/text/clause.h"
#include "gateway/wyoming/client.h"
#include "gateway/wyoming/info.h"

#define RATE_HZ SPEAKER_RATE_HZ

void
talk_hush(struct wyoming_client *c)
{
	if (c->speaker)
		c->wyoming->speaking--;
	speaker_free(c->speaker);
	c->speaker = NULL;
}

void
talk_forget(struct wyoming_client *c)
{
	talk_hush(c);
	if (c->asked)
		question_drop(c->asked);
	c->asked = NULL;
	json_decref(c->manner);
	c->manner = NULL;
}

/* ---- speech ----------------------------------------------------------- */

static json_t *
sound_format(void)
{
	return json_pack(
	    "{s:i, s:i, s:i}", "rate", RATE_HZ, "width", 2, "channels", 1);
}

static void
sound_begin(struct wyoming_client *c)
{
	if (!c->begun)
		client_put(c, "audio-start", sound_format(), NULL, 0);
	c->begun = true;
}

static void
spoke_sound(void *arg, const uint8_t *pcm, size_t len)
{
	struct wyoming_client *c = arg;

	sound_begin(c);
	client_put(c, "audio-chunk", sound_format(), pcm, len);
	client_stir(c);
}

static void
spoke_mark(void *arg, const json_t *mark)
{
	(void)arg;
	(void)mark;
}

static void
spoke_all(void *arg, const char *code, const char *message)
{
	struct wyoming_client *c = arg;

	talk_hush(c);
	if (code)
		client_fail(c, code, message);
	client_stir(c);
}

static const struct speaker_events speaker_events = {
	.sound = spoke_sound, .mark = spoke_mark, .ended = spoke_all
};

static int
client_order(struct wyoming_client *c, size_t len)
{
	json_t *order = json_pack("{s:s, s:s%, s:{s:i, s:i}}", "op", "speak",
	    "text", (const char *)buf_data(&c->text), len, "format", "rate",
	    RATE_HZ, "channels", 1);
	const char *channel = c->wyoming->conf->channel;
	size_t bytes;
	char *line;
	int rc;

	if (channel[0])
		body_put(&order, "channel", json_string(channel));
	body_merge(&order, c->manner);
	line = body_line(order, &bytes);
	json_decref(order);
	if (line == NULL)
		return ERR_NOMEM;
	rc = bytes > PROTO_LINE_MAX + 1
		 ? ERR_TOO_LONG
		 : speaker_new(c->wyoming->loop, c->wyoming->speech, line,
		       &speaker_events, c, &c->speaker);
	free(line);
	return rc;
}

/* Has so much of the text spoken. */
static void
client_speak(struct wyoming_client *c, size_t len)
{
	int rc;

	if (c->wyoming->speaking == WYOMING_SPEAKING_MAX) {
		client_fail(c, "unavailable",
		    "too many have texts spoken already; try again");
		return;
	}
	rc = client_order(c, len);
	buf_consume(&c->text, len);
	if (rc == ERR_TOO_LONG)
		client_fail(c, "too-long", "a text has at most 64 KiB");
	else if (rc < 0)
		client_fail(c, "unavailable", "ttsd cannot be reached");
	else
		c->wyoming->speaking++;
}

static void
client_end_sound(struct wyoming_client *c)
{
	if (!c->in_stream)
		sound_begin(c);
	if (c->begun)
		client_put(c, "audio-stop", NULL, NULL, 0);
	if (c->in_stream)
		client_put(c, "synthesize-stopped", NULL, NULL, 0);
	if (c->state == CLIENT_SPEAKING)
		client_enter(c, CLIENT_RESTING);
	c->wyoming->counts.spoken++;
}

void
talk_speak_on(struct wyoming_client *c)
{
	const char *text = (const char *)buf_data(&c->text);
	size_t len = buf_len(&c->text);

	if (c->speaker)
		return;
	if (c->state == CLIENT_SPEAKING && len == 0)
		client_end_sound(c);
	else if (c->state == CLIENT_SPEAKING)
		client_speak(c, c->in_stream
				    ? clause_cut(text, len, CLIENT_PIECE_MAX)
				    : len);
	else if (c->state == CLIENT_STREAMING && len > 0) {
		len = len > CLIENT_PIECE_MAX
			  ? clause_cut(text, len, CLIENT_PIECE_MAX)
			  : clause_over(text, len);
		if (len > 0)
			client_speak(c, len);
	}
}

/* ---- what is asked ---------------------------------------------------- */

static void
voices_came(void *arg, const char *line, size_t len, int err)
{
	struct wyoming_client *c = arg;
	json_t *reply = line ? json_loadb(line, len, 0, NULL) : NULL;
	json_t *voices = json_object_get(reply, "voices");

	c->asked = NULL;
	client_enter(c, CLIENT_RESTING);
	if (c->state == CLIENT_RESTING && json_is_array(voices))
		client_put(c, "info", info_new(voices), NULL, 0);
	else if (c->state == CLIENT_RESTING)
		client_fail(c, "unavailable",
		    err < 0 ? err_text(err) : "ttsd does not tell its voices");
	json_decref(reply);
	client_stir(c);
}

static void
client_describe(struct wyoming_client *c)
{
	static const char question[] = "{\"op\":\"voices\"}\n";

	client_enter(c, CLIENT_ASKING);
	if (peer_ask(c->wyoming->ttsd, question, sizeof(question) - 1,
		voices_came, c, &c->asked) < 0)
		client_fail(c, "unavailable", "ttsd is asked too much already");
}

/* A text is to come, or is there. */
static bool
client_begin(struct wyoming_client *c, const json_t *data)
{
	struct reply r = { .error = PROTO_OK };

	json_decref(c->manner);
	c->manner = info_read_voice(data, &r);
	c->begun = false;
	if (c->manner == NULL)
		client_fail(c, proto_error_name(r.error), r.message);
	return c->manner != NULL;
}

static bool
client_add_text(struct wyoming_client *c, const json_t *data)
{
	const char *text = body_string(data, "text");

	if (text && buf_puts(&c->text, text) == 0)
		return true;
	client_fail(c, text ? "too-long" : "bad-request",
	    text ? "a text has at most 64 KiB" : "\"text\" must be a string");
	return false;
}

/* May its address ask once more? A piece of a text is no question. */
static bool
client_may_ask(struct wyoming_client *c, const struct wyoming_event *e)
{
	static const char *const questions[] = { "describe", "ping",
		"synthesize", "synthesize-start", NULL };
	int64_t now = clock_awake_ns();
	const char *const *q = questions;

	while (*q && strcmp(e->type, *q) != 0)
		q++;
	if (*q == NULL)
		return true;
	if (allowance_wait_ns(&c->wyoming->requests, c->slot.source, now) > 0) {
		client_fail(c, "denied",
		    "too many requests from this address; try again later");
		return false;
	}
	allowance_take(&c->wyoming->requests, c->slot.source, now);
	return true;
}

/* Events that are none of these are passed over, as the protocol has it. */
static void
client_take(struct wyoming_client *c, const struct wyoming_event *e)
{
	bool streams = c->state == CLIENT_STREAMING;

	if (!client_may_ask(c, e))
		return;
	if (strcmp(e->type, "describe") == 0 && !streams) {
		client_describe(c);
	} else if (strcmp(e->type, "ping") == 0) {
		client_put(c, "pong", json_incref(e->data), NULL, 0);
	} else if (strcmp(e->type, "synthesize") == 0 && !streams) {
		/* Within a stream it is the whole text once more, for servers
		 * that know no streams. */
		c->in_stream = false;
		if (client_begin(c, e->data) && client_add_text(c, e->data))
			client_enter(c, CLIENT_SPEAKING);
		if (c->state == CLIENT_SPEAKING && buf_len(&c->text) == 0)
			client_fail(c, "bad-request", "\"text\" is empty");
	} else if (strcmp(e->type, "synthesize-start") == 0 && !streams) {
		c->in_stream = true;
		if (client_begin(c, e->data))
			client_enter(c, CLIENT_STREAMING);
	} else if (strcmp(e->type, "synthesize-chunk") == 0 && streams) {
		client_add_text(c, e->data);
	} else if (strcmp(e->type, "synthesize-stop") == 0 && streams) {
		client_enter(c, CLIENT_SPEAKING);
	}
}

static bool
client_listens(const struct wyoming_client *c)
{
	return buf_len(&c->out) <= CLIENT_WAITING_MAX &&
	       (c->state == CLIENT_RESTING ||
		   (c->state == CLIENT_STREAMING &&
		       buf_len(&c->text) < CLIENT_PIECE_MAX));
}

void
talk_read(struct wyoming_client *c)
{
	struct wyoming_event e;
	int rc = 0;

	while (client_listens(c) && (rc = reader_next(&c->reader, &e)) > 0) {
		c->moved = true;
		client_take(c, &e);
		wyoming_done(&e);
		talk_speak_on(c);
	}
	if (rc < 0)
		client_fail(c, rc == ERR_TOO_LONG ? "too-long" : "bad-request",
		    rc == ERR_TOO_LONG
			? "an event has at most 64 KiB, its payload 1 MiB"
			: "expected an event of Wyoming");
}
