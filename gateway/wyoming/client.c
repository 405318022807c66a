/* One connection: events that are asked are answered in their order. */
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/control/proto.h"
#include "common/err.h"
#include "common/list.h"
#include "common/text/clause.h"
#include "gateway/sound/speaker.h"
#include "gateway/wyoming/info.h"
#include "gateway/wyoming/reader.h"
#include "gateway/wyoming/wyoming.h"

#define RATE_HZ SPEAKER_RATE_HZ
/* More than this of sound waits for no client; and all that does, a list of
 * voices among it. */
#define WAITING_MAX ((size_t)64 * 1024)
#define OUT_MAX ((size_t)4 * 1024 * 1024)
/* What the system holds for one that does not read: some three seconds. */
#define SENDING_BYTES ((size_t)128 * 1024)
/* A text that goes on is spoken in pieces of so many bytes at most. */
#define PIECE_MAX ((size_t)8 * 1024)

enum client_state {
	CLIENT_RESTING,   /* nothing is asked */
	CLIENT_ASKING,    /* the list of voices is waited for */
	CLIENT_SPEAKING,  /* a text is spoken, and no more of it comes */
	CLIENT_STREAMING, /* it comes in pieces */
	CLIENT_LEAVING,   /* what waits is sent */
	CLIENT_GONE
};

struct wyoming_client {
	struct http_slot slot; /* first */
	struct wyoming *wyoming;
	struct stream *stream;
	enum client_state state;
	struct reader reader;
	struct buf out;
	struct buf text; /* that is still to be spoken */
	bool in_stream;  /* synthesize-stopped is due at its end */
	bool begun;      /* audio-start was sent */
	bool finished;   /* it sends no more */
	bool moved;      /* something came or went */
	json_t *manner;  /* fields of `speak` */
	struct speaker *speaker;
	struct question *asked;
	struct loop_task work, release;
	struct wyoming_client *next;
};

static void
client_stir(struct wyoming_client *c)
{
	loop_defer(c->wyoming->loop, &c->work);
}

static void
client_hush(struct wyoming_client *c)
{
	if (c->speaker)
		c->wyoming->speaking--;
	speaker_free(c->speaker);
	c->speaker = NULL;
}

static void
client_put(struct wyoming_client *c, const char *type, json_t *data,
    const void *payload, size_t len)
{
	if (wyoming_put(&c->out, type, data, payload, len) < 0)
		c->state = CLIENT_GONE;
}

/* Says why, and hangs up: clients wait for the end of the sound, and see by
 * this alone that there is none. */
static void
client_fail(struct wyoming_client *c, const char *code, const char *why)
{
	if (log_allow(&c->wyoming->complaints, clock_awake_ns()))
		log_info("wyoming: a client is refused code=%s reason=%s",
		    log_quote(code), log_quote(why));
	c->wyoming->counts.errors++;
	client_hush(c);
	c->state = CLIENT_LEAVING;
	client_put(c, "error",
	    json_pack("{s:s, s:s}", "text", why, "code", code), NULL, 0);
	client_stir(c);
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

	client_hush(c);
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
		c->state = CLIENT_RESTING;
	c->wyoming->counts.spoken++;
}

/* The next piece, where nothing is being spoken. */
static void
client_speak_on(struct wyoming_client *c)
{
	const char *text = (const char *)buf_data(&c->text);
	size_t len = buf_len(&c->text);

	if (c->speaker)
		return;
	if (c->state == CLIENT_SPEAKING && len == 0)
		client_end_sound(c);
	else if (c->state == CLIENT_SPEAKING)
		client_speak(
		    c, c->in_stream ? clause_cut(text, len, PIECE_MAX) : len);
	else if (c->state == CLIENT_STREAMING && len > 0) {
		len = len > PIECE_MAX ? clause_cut(text, len, PIECE_MAX)
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
	c->state = CLIENT_RESTING;
	if (json_is_array(voices))
		client_put(c, "info", info_new(voices), NULL, 0);
	else
		client_fail(c, "unavailable",
		    err < 0 ? err_text(err) : "ttsd does not tell its voices");
	json_decref(reply);
	client_stir(c);
}

static void
client_describe(struct wyoming_client *c)
{
	static const char question[] = "{\"op\":\"voices\"}\n";

	c->state = CLIENT_ASKING;
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

/* Events that are none of these are passed over, as the protocol has it. */
static void
client_take(struct wyoming_client *c, const struct wyoming_event *e)
{
	bool streams = c->state == CLIENT_STREAMING;

	if (strcmp(e->type, "describe") == 0 && !streams) {
		client_describe(c);
	} else if (strcmp(e->type, "ping") == 0) {
		client_put(c, "pong", json_incref(e->data), NULL, 0);
	} else if (strcmp(e->type, "synthesize") == 0 && !streams) {
		/* Within a stream it is the whole text once more, for servers
		 * that know no streams. */
		c->in_stream = false;
		if (client_begin(c, e->data) && client_add_text(c, e->data))
			c->state = CLIENT_SPEAKING;
		if (c->state == CLIENT_SPEAKING && buf_len(&c->text) == 0)
			client_fail(c, "bad-request", "\"text\" is empty");
	} else if (strcmp(e->type, "synthesize-start") == 0 && !streams) {
		c->in_stream = true;
		if (client_begin(c, e->data))
			c->state = CLIENT_STREAMING;
	} else if (strcmp(e->type, "synthesize-chunk") == 0 && streams) {
		client_add_text(c, e->data);
	} else if (strcmp(e->type, "synthesize-stop") == 0 && streams) {
		c->state = CLIENT_SPEAKING;
	}
}

static bool
client_listens(const struct wyoming_client *c)
{
	return buf_len(&c->out) <= WAITING_MAX &&
	       (c->state == CLIENT_RESTING ||
		   (c->state == CLIENT_STREAMING &&
		       buf_len(&c->text) < PIECE_MAX));
}

static void
client_read(struct wyoming_client *c)
{
	struct wyoming_event e;
	int rc = 0;

	while (client_listens(c) && (rc = reader_next(&c->reader, &e)) > 0) {
		c->moved = true;
		client_take(c, &e);
		wyoming_done(&e);
		client_speak_on(c);
	}
	if (rc < 0)
		client_fail(c, rc == ERR_TOO_LONG ? "too-long" : "bad-request",
		    rc == ERR_TOO_LONG
			? "an event has at most 64 KiB, its payload 1 MiB"
			: "expected an event of Wyoming");
}

/* ---- turns ------------------------------------------------------------ */

static void
client_send(struct wyoming_client *c)
{
	int n;

	if (buf_len(&c->out) == 0)
		return;
	n = stream_write(c->stream, buf_data(&c->out), buf_len(&c->out));
	if (n < 0)
		c->state = CLIENT_GONE;
	else
		buf_consume(&c->out, (size_t)n);
	c->moved |= n > 0;
}

/* Whose turn is it, and since when? */
static void
client_keep_time(struct wyoming_client *c)
{
	int64_t now = clock_awake_ns();
	bool waits = buf_len(&c->out) > 0;

	if (!waits && (c->speaker || c->state == CLIENT_ASKING)) {
		http_slot_asked(&c->slot, now);
		http_slot_idle(&c->slot);
	} else if (c->moved || c->slot.idle) {
		http_slot_asked(&c->slot, now);
		http_slot_sending(&c->slot, now);
		if (!waits && c->state == CLIENT_RESTING)
			http_slot_answered(&c->slot, now);
	}
	c->moved = false;
}

static bool
client_is_done(const struct wyoming_client *c)
{
	if (c->state == CLIENT_GONE)
		return true;
	if (c->finished &&
	    (c->state == CLIENT_SPEAKING || c->state == CLIENT_STREAMING))
		return true;
	return buf_len(&c->out) == 0 &&
	       (c->state == CLIENT_LEAVING ||
		   (c->state == CLIENT_RESTING && c->finished));
}

static void
client_work(void *arg)
{
	struct wyoming_client *c = arg;

	/* It was freed since it was stirred. */
	if (c->stream == NULL)
		return;
	if (c->state != CLIENT_GONE)
		client_speak_on(c);
	if (c->state != CLIENT_GONE)
		client_read(c);
	if (c->state != CLIENT_GONE)
		client_send(c);
	if (client_is_done(c)) {
		wyoming_client_free(c);
		return;
	}
	if (c->speaker)
		speaker_hold(c->speaker, buf_len(&c->out) > WAITING_MAX);
	stream_reading(
	    c->stream, c->state != CLIENT_LEAVING &&
			   reader_has_room(&c->reader, STREAM_READ_MAX));
	client_keep_time(c);
}

static void
client_data(void *arg, const uint8_t *data, size_t len)
{
	struct wyoming_client *c = arg;

	if (c->state != CLIENT_LEAVING &&
	    reader_feed(&c->reader, data, len) < 0)
		c->state = CLIENT_GONE;
	client_stir(c);
}

static void
client_writable(void *arg)
{
	client_stir(arg);
}

static void
client_finished(void *arg)
{
	struct wyoming_client *c = arg;

	c->finished = true;
	client_stir(c);
}

static void
client_ended(void *arg, int err)
{
	struct wyoming_client *c = arg;

	(void)err;
	c->state = CLIENT_GONE;
	client_stir(c);
}

static const struct stream_events client_events = { .data = client_data,
	.writable = client_writable,
	.finished = client_finished,
	.ended = client_ended };

/* ---- life ------------------------------------------------------------- */

void
wyoming_client_new(
    struct wyoming *w, struct stream *s, const struct peer_address *who)
{
	struct wyoming_client *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		stream_close(s);
		return;
	}
	*c = (struct wyoming_client){ .wyoming = w, .stream = s };
	c->work = (struct loop_task){ .fn = client_work, .arg = c };
	reader_init(&c->reader, STREAM_READ_MAX);
	buf_init(&c->out, OUT_MAX);
	buf_init(&c->text, READER_EVENT_MAX + PIECE_MAX);
	http_slots_add(
	    &w->slots, &c->slot, peer_address_source(who), clock_awake_ns());
	LIST_APPEND(w->clients, c);
	stream_set_buffer(s, SENDING_BYTES);
	stream_set_owner(s, &client_events, c);
}

void
wyoming_client_cut(struct http_slot *slot)
{
	struct wyoming_client *c = (struct wyoming_client *)slot;

	c->state = CLIENT_GONE;
	client_stir(c);
}

void
wyoming_client_free(struct wyoming_client *c)
{
	struct wyoming *w = c->wyoming;

	LIST_REMOVE(w->clients, c);
	http_slots_remove(&w->slots, &c->slot);
	client_hush(c);
	if (c->asked)
		question_drop(c->asked);
	stream_close(c->stream);
	c->stream = NULL;
	reader_done(&c->reader);
	buf_done(&c->out);
	buf_done(&c->text);
	json_decref(c->manner);
	/* Its work may be due once more. */
	c->release = (struct loop_task){ .fn = free, .arg = c };
	loop_defer(w->loop, &c->release);
}
