/*
 * The operations of ttsd's control socket: a new one is a row in the table
 * at the end, its fields, and a function.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/session.h"
#include "common/utf8.h"
#include "common/version.h"
#include "ttsd/ttsd.h"

/* ---- helpers ---------------------------------------------------------- */

/* The channel that is asked for, or the first; awake. NULL: r is failed. */
static struct channel *
pick_channel(struct ttsd *t, const json_t *body, struct reply *r)
{
	const char *name = body_string(body, "channel");
	struct channel *ch = name ? ttsd_channel(t, name) : t->channels[0];

	if (ch == NULL)
		reply_error(r, PROTO_UNKNOWN_CHANNEL,
		    "there is no channel '%.40s'; 'channels' lists them", name);
	else
		channel_wake(ch);
	return ch;
}

/* Text that can be spoken: not empty, no control characters. */
static bool
check_text(const char *text, struct reply *r)
{
	size_t len = strlen(text), n;
	bool blank = true;
	uint32_t cp;

	for (; len > 0; text += n, len -= n) {
		n = utf8_decode(text, len, &cp);
		if ((cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r') ||
		    (cp >= 0x7f && cp < 0xa0)) {
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"text\" holds the control character U+%04X",
			    (unsigned)cp);
			return false;
		}
		blank = blank && (cp <= 0x20 || cp == 0xa0 || cp == 0x3000);
	}
	if (blank)
		reply_error(r, PROTO_BAD_REQUEST, "\"text\" is empty");
	return !blank;
}

static enum verdict
check_voice(
    struct engine *e, const char *voice, const char *language, struct reply *r)
{
	engine_start(e);
	switch (engine_voice(e, voice, language)) {
	case VOICE_NOT_YET:
		return OP_LATER;
	case VOICE_UNKNOWN:
		reply_error(r, PROTO_UNKNOWN_VOICE,
		    "engine '%s' has no voice '%.60s'; 'voices' lists them",
		    engine_name(e), voice ? voice : language);
		break;
	case VOICE_KNOWN:
		break;
	}
	return OP_DONE;
}

static char *
copy_string(const char *s)
{
	return s && s[0] ? strdup(s) : NULL;
}

/* ---- say -------------------------------------------------------------- */

static const struct field say_fields[] = {
	{ .name = "text", .type = FIELD_STRING, .required = true },
	{ .name = "channel", .type = FIELD_STRING },
	{ .name = "engine", .type = FIELD_STRING },
	{ .name = "voice", .type = FIELD_STRING },
	{ .name = "language", .type = FIELD_STRING },
	{ .name = "rate", .type = FIELD_INTEGER, .min = 1, .max = 1000 },
	{ .name = "pitch", .type = FIELD_INTEGER, .min = 0, .max = 100 },
	{ .name = "volume", .type = FIELD_INTEGER, .min = 0, .max = 200 },
	{ .name = "priority", .type = FIELD_CHOICE, .choices = priority_names },
	{ .name = NULL },
};

/* With another engine than the channel's, or another voice or language than
 * its own, what the channel is set to does not apply. */
static struct speech
compose_speech(
    const struct channel *ch, const struct engine *e, const json_t *body)
{
	const struct channel_voice *own = &ch->voice;
	const char *voice = body_string(body, "voice");
	const char *language = body_string(body, "language");

	if (voice == NULL && language == NULL && e == own->engine) {
		voice = own->voice;
		language = own->language;
	}
	return (struct speech){
		.text = strdup(body_string(body, "text")),
		.voice = copy_string(voice),
		.language = copy_string(language),
		.rate = body_integer(body, "rate", own->rate),
		.pitch = body_integer(body, "pitch", own->pitch),
		.volume = body_integer(body, "volume", own->volume),
	};
}

static struct announcement *
compose(struct ttsd *t, const struct channel *ch, const struct engine *e,
    const json_t *body)
{
	const char *priority = body_string(body, "priority");
	struct speech speech = compose_speech(ch, e, body);
	struct announcement *a = NULL;

	if (speech.text)
		a = announcement_new(&speech, ch->sample_bytes);
	if (a == NULL) {
		speech_done(&speech);
		return NULL;
	}
	a->id = ++t->announcements;
	a->priority = priority
			  ? (enum priority)word_index(priority_names, priority)
			  : PRIORITY_NORMAL;
	return a;
}

static enum verdict
op_say(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	const char *engine = body_string(body, "engine");
	struct channel *ch = pick_channel(t, body, r);
	struct announcement *a;
	struct engine *e;
	int place;

	(void)s;
	if (ch == NULL || !check_text(body_string(body, "text"), r))
		return OP_DONE;
	e = engine ? ttsd_engine(t, engine) : ch->voice.engine;
	if (e == NULL) {
		reply_error(r, PROTO_UNKNOWN_ENGINE,
		    "there is no engine '%.40s'; 'engines' lists them", engine);
		return OP_DONE;
	}
	if (check_voice(e, body_string(body, "voice"),
		body_string(body, "language"), r) == OP_LATER)
		return OP_LATER;
	if (r->error)
		return OP_DONE;
	a = compose(t, ch, e, body);
	place = a ? playout_say(&ch->playout, a, e) : ERR_NOMEM;
	if (place < 0) {
		announcement_free(a);
		reply_error(r, PROTO_QUEUE_FULL,
		    "channel '%s' has %zu announcements waiting: %s",
		    channel_name(ch), ch->playout.queue.count, err_text(place));
		return OP_DONE;
	}
	ch->woken(ch->arg);
	reply_set(r, "id", json_integer((json_int_t)t->announcements));
	reply_set(r, "position", json_integer(place));
	return OP_DONE;
}

/* ---- what is queued and on air ---------------------------------------- */

static const struct field channel_fields[] = {
	{ .name = "channel", .type = FIELD_STRING },
	{ .name = NULL },
};

static const struct field cancel_fields[] = {
	{ .name = "id", .type = FIELD_ID, .required = true },
	{ .name = NULL },
};

static enum verdict
op_cancel(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	uint64_t id = body_id(body, "id");
	size_t i;

	(void)s;
	for (i = 0; i < t->channel_count; i++)
		if (playout_cancel(&t->channels[i]->playout, id, "cancelled")) {
			reply_set(r, "outcome",
			    json_string(outcome_name(OUTCOME_CANCELLED)));
			return OP_DONE;
		}
	reply_error(r, PROTO_NOT_FOUND,
	    "announcement %" PRIu64 " is neither waiting nor on air", id);
	return OP_DONE;
}

static enum verdict
op_skip(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct channel *ch = pick_channel(ctx, body, r);
	uint64_t id = ch ? playout_skip(&ch->playout) : 0;

	(void)s;
	if (id > 0)
		reply_set(r, "id", json_integer((json_int_t)id));
	return OP_DONE;
}

static enum verdict
op_clear(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct channel *ch = pick_channel(ctx, body, r);

	(void)s;
	if (ch)
		reply_set(r, "cleared",
		    json_integer(
			(json_int_t)playout_clear(&ch->playout, "cleared")));
	return OP_DONE;
}

static enum verdict
op_pause(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct channel *ch = pick_channel(ctx, body, r);

	(void)s;
	if (ch)
		playout_pause(&ch->playout, true);
	return OP_DONE;
}

static enum verdict
op_resume(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct channel *ch = pick_channel(ctx, body, r);

	(void)s;
	if (ch)
		playout_pause(&ch->playout, false);
	return OP_DONE;
}

static enum verdict
op_queue(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct channel *ch = pick_channel(ctx, body, r);

	(void)s;
	if (ch == NULL)
		return OP_DONE;
	reply_set(r, "channel", json_string(channel_name(ch)));
	reply_set(r, "items", playout_list(&ch->playout));
	return OP_DONE;
}

/* ---- what there is ---------------------------------------------------- */

static enum verdict
op_status(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *channels = json_array(), *workers = json_array();
	size_t i;

	(void)s;
	(void)body;
	for (i = 0; i < t->channel_count; i++) {
		channel_wake(t->channels[i]);
		json_array_append_new(channels, channel_status(t->channels[i]));
	}
	for (i = 0; i < t->engine_count; i++)
		engine_list_workers(t->engines[i], workers);
	reply_set(r, "version", json_string(TTSD_VERSION));
	reply_set(r, "uptime_ms",
	    json_integer((clock_now_ns() - t->epoch_ns) / NS_PER_MS));
	reply_set(
	    r, "clients", json_integer((json_int_t)server_clients(t->server)));
	reply_set(r, "channels", channels);
	reply_set(r, "workers", workers);
	return OP_DONE;
}

static enum verdict
op_channels(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *list = json_array();
	size_t i;

	(void)s;
	(void)body;
	for (i = 0; i < t->channel_count; i++)
		json_array_append_new(list, channel_describe(t->channels[i]));
	reply_set(r, "channels", list);
	return OP_DONE;
}

static const struct field voices_fields[] = {
	{ .name = "engine", .type = FIELD_STRING },
	{ .name = NULL },
};

/* Of one engine, or of all that were started. */
static enum verdict
op_voices(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	const char *name = body_string(body, "engine");
	json_t *list;
	size_t i;

	(void)s;
	if (name && ttsd_engine(t, name) == NULL) {
		reply_error(r, PROTO_UNKNOWN_ENGINE,
		    "there is no engine '%.40s'; 'engines' lists them", name);
		return OP_DONE;
	}
	if (name)
		engine_start(ttsd_engine(t, name));
	for (i = 0; i < t->engine_count; i++)
		if ((name == NULL || t->engines[i] == ttsd_engine(t, name)) &&
		    engine_voice(t->engines[i], NULL, NULL) == VOICE_NOT_YET)
			return OP_LATER;
	list = json_array();
	for (i = 0; i < t->engine_count; i++)
		if (name == NULL || t->engines[i] == ttsd_engine(t, name))
			engine_list_voices(t->engines[i], list);
	reply_set(r, "voices", list);
	return OP_DONE;
}

static enum verdict
op_engines(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *list = json_array();
	size_t i;

	(void)s;
	(void)body;
	for (i = 0; i < t->engine_count; i++)
		json_array_append_new(list, engine_describe(t->engines[i]));
	reply_set(r, "engines", list);
	return OP_DONE;
}

/* ---- set -------------------------------------------------------------- */

static const struct field set_fields[] = {
	{ .name = "channel", .type = FIELD_STRING },
	{ .name = "voice", .type = FIELD_STRING },
	{ .name = "language", .type = FIELD_STRING },
	{ .name = "rate", .type = FIELD_INTEGER, .min = 0, .max = 1000 },
	{ .name = "pitch", .type = FIELD_INTEGER, .min = 0, .max = 100 },
	{ .name = "volume", .type = FIELD_INTEGER, .min = 0, .max = 200 },
	{ .name = NULL },
};

static void
replace(char **slot, const char *value)
{
	if (value == NULL)
		return;
	free(*slot);
	*slot = copy_string(value);
}

static enum verdict
op_set(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	const char *voice = body_string(body, "voice");
	const char *language = body_string(body, "language");
	struct channel *ch = pick_channel(ctx, body, r);
	struct channel_voice *own;

	(void)s;
	if (ch == NULL)
		return OP_DONE;
	own = &ch->voice;
	if (check_voice(own->engine, voice && voice[0] ? voice : NULL,
		language && language[0] ? language : NULL, r) == OP_LATER)
		return OP_LATER;
	if (r->error)
		return OP_DONE;
	replace(&own->voice, voice);
	replace(&own->language, language);
	own->rate = body_integer(body, "rate", own->rate);
	own->pitch = body_integer(body, "pitch", own->pitch);
	own->volume = body_integer(body, "volume", own->volume);
	return OP_DONE;
}

/* ---- events ----------------------------------------------------------- */

static enum verdict
op_subscribe(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	if (body_string(body, "channel") && !pick_channel(ctx, body, r))
		return OP_DONE;
	return session_op_subscribe(ctx, s, body, r);
}

const struct op ttsd_ops[] = {
	{ .name = "say",
	    .fields = say_fields,
	    .run = op_say,
	    .plain = true,
	    .plain_field = "text",
	    .plain_reply = "id",
	    .help = "say TEXT: queue an announcement" },
	{ .name = "cancel",
	    .fields = cancel_fields,
	    .run = op_cancel,
	    .plain = true,
	    .plain_field = "id",
	    .plain_reply = "outcome",
	    .help = "cancel ID: take an announcement back" },
	{ .name = "skip",
	    .fields = channel_fields,
	    .run = op_skip,
	    .plain = true,
	    .plain_reply = "id",
	    .help = "end the announcement on air" },
	{ .name = "clear",
	    .fields = channel_fields,
	    .run = op_clear,
	    .plain = true,
	    .plain_reply = "cleared",
	    .help = "cancel all announcements that wait" },
	{ .name = "pause",
	    .fields = channel_fields,
	    .run = op_pause,
	    .plain = true,
	    .help = "hold the queue; the stream goes on" },
	{ .name = "resume",
	    .fields = channel_fields,
	    .run = op_resume,
	    .plain = true,
	    .help = "go on after pause" },
	{ .name = "queue",
	    .fields = channel_fields,
	    .run = op_queue,
	    .plain = true,
	    .help = "what is on air and what waits" },
	{ .name = "status",
	    .run = op_status,
	    .plain = true,
	    .help = "channels, subscribers, workers and counters" },
	{ .name = "channels", .run = op_channels, .help = "all channels" },
	{ .name = "voices",
	    .fields = voices_fields,
	    .run = op_voices,
	    .help = "the voices of one engine or of all" },
	{ .name = "engines", .run = op_engines, .help = "all engines" },
	{ .name = "set",
	    .fields = set_fields,
	    .run = op_set,
	    .help = "change a channel's voice, rate, pitch or volume" },
	{ .name = "subscribe",
	    .fields = session_subscribe_fields,
	    .run = op_subscribe,
	    .help = "get events as lines on this connection" },
	{ .name = "ping",
	    .run = session_op_ping,
	    .plain = true,
	    .help = "answer ok" },
	{ .name = "help",
	    .run = session_op_help,
	    .plain = true,
	    .help = "this list" },
	{ .name = "quit",
	    .run = session_op_quit,
	    .plain = true,
	    .help = "end the connection" },
	{ .name = NULL },
};
