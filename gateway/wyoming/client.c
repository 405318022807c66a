#include "gateway/wyoming/client.h"

#include <stdlib.h>

#include "common/err.h"
#include "common/list.h"

/* All that waits for a client, a list of voices among it. */
#define OUT_MAX ((size_t)4 * 1024 * 1024)
/* What the system holds for one that does not read: some three seconds. */
#define SENDING_BYTES ((size_t)128 * 1024)

/* ---- its state -------------------------------------------------------- */

static const char *const state_names[CLIENT_STATE_COUNT] = {
#define X(state, name) [CLIENT_##state] = (name),
	CLIENT_STATES(X)
#undef X
};

#define TO(state) (1u << CLIENT_##state)
#define END (TO(LEAVING) | TO(GONE))

static const unsigned may_follow[CLIENT_STATE_COUNT] = {
	[CLIENT_RESTING] = TO(ASKING) | TO(SPEAKING) | TO(STREAMING) | END,
	[CLIENT_ASKING] = TO(RESTING) | END,
	[CLIENT_SPEAKING] = TO(RESTING) | END,
	[CLIENT_STREAMING] = TO(SPEAKING) | END,
	[CLIENT_LEAVING] = TO(GONE),
	[CLIENT_GONE] = 0,
};

void
client_enter(struct wyoming_client *c, enum client_state to)
{
	if (!(may_follow[c->state] >> to & 1))
		return;
	log_debug(
	    "wyoming client %s->%s", state_names[c->state], state_names[to]);
	c->state = to;
}

void
client_stir(struct wyoming_client *c)
{
	loop_defer(c->wyoming->loop, &c->work);
}

void
client_put(struct wyoming_client *c, const char *type, json_t *data,
    const void *payload, size_t len)
{
	if (wyoming_put(&c->out, type, data, payload, len) < 0)
		client_enter(c, CLIENT_GONE);
}

void
client_fail(struct wyoming_client *c, const char *code, const char *why)
{
	if (log_allow(&c->wyoming->complaints, clock_awake_ns()))
		log_info("wyoming: a client is refused code=%s reason=%s",
		    log_quote(code), log_quote(why));
	c->wyoming->counts.errors++;
	talk_hush(c);
	client_enter(c, CLIENT_LEAVING);
	client_put(c, "error",
	    json_pack("{s:s, s:s}", "text", why, "code", code), NULL, 0);
	client_stir(c);
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
		client_enter(c, CLIENT_GONE);
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
		talk_speak_on(c);
	if (c->state != CLIENT_GONE)
		talk_read(c);
	if (c->state != CLIENT_GONE)
		client_send(c);
	if (client_is_done(c)) {
		wyoming_client_free(c);
		return;
	}
	if (c->speaker)
		speaker_hold(c->speaker, buf_len(&c->out) > CLIENT_WAITING_MAX);
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
		client_enter(c, CLIENT_GONE);
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
	client_enter(c, CLIENT_GONE);
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
	buf_init(&c->text, READER_EVENT_MAX + CLIENT_PIECE_MAX);
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

	client_enter(c, CLIENT_GONE);
	client_stir(c);
}

void
wyoming_client_free(struct wyoming_client *c)
{
	struct wyoming *w = c->wyoming;

	LIST_REMOVE(w->clients, c);
	http_slots_remove(&w->slots, &c->slot);
	talk_forget(c);
	stream_close(c->stream);
	c->stream = NULL;
	reader_done(&c->reader);
	buf_done(&c->out);
	buf_done(&c->text);
	/* Its work may be due once more. */
	c->release = (struct loop_task){ .fn = free, .arg = c };
	loop_defer(w->loop, &c->release);
}
