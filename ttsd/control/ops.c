/*
 * The operations of ttsd's control socket: a new one is a row in the table
 * at the end, its fields, and a function.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/session.h"
#include "common/err.h"
#include "common/version.h"
#include "ttsd/control/compose.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/history.h"
#include "ttsd/control/receipt.h"
#include "ttsd/control/say.h"
#include "ttsd/control/show.h"
#include "ttsd/control/subscribe.h"
#include "ttsd/control/targets.h"
#include "ttsd/control/ttsd.h"
#include "ttsd/control/upgrade.h"

/* ---- what is queued and on air ----------------------------------------
 * While what an earlier ttsd left is being restored, who asks for it waits. */

/* A channel's name, a zone's, or a list of such names. */
static const struct field channel_fields[] = {
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = NULL },
};

/* Each id of a list is looked for on every channel. */
#define IDS_MAX 100

static const struct field cancel_fields[] = {
	{ .name = "id", .type = FIELD_ID },
	{ .name = "ids", .type = FIELD_IDS, .max = IDS_MAX },
	{ .name = NULL },
};

static bool
cancel_one(struct ttsd *t, uint64_t id)
{
	size_t i;

	for (i = 0; i < t->channel_count; i++)
		if (playout_cancel(&t->channels[i]->playout, id, "cancelled"))
			return true;
	return false;
}

/* Cancels those of a list, or of an object by channel, that still can be;
 * returns how many. */
static size_t
cancel_each(struct ttsd *t, const json_t *ids)
{
	struct channel *ch;
	const char *name;
	size_t i, done = 0;
	json_t *id;

	for (i = 0; i < json_array_size(ids); i++)
		done += cancel_one(t, id_read(json_array_get(ids, i)));
	json_object_foreach((json_t *)ids, name, id)
	{
		ch = ttsd_channel(t, name);
		done += ch &&
			playout_cancel(&ch->playout, id_read(id), "cancelled");
	}
	return done;
}

static void
cancel_all(struct ttsd *t, const json_t *ids, struct reply *r)
{
	json_t *count = json_integer(0);
	size_t done;

	/* First the answer, for what is cancelled can't be taken back. */
	reply_set(r, "cancelled", count);
	if (r->error)
		return;
	done = cancel_each(t, ids);
	json_integer_set(count, (json_int_t)done);
	if (done == 0)
		reply_error(r, PROTO_NOT_FOUND,
		    "none of these announcements is waiting or on air");
}

static void
cancel_some(struct ttsd *t, const json_t *body, struct reply *r)
{
	const json_t *ids = json_object_get(body, "ids");
	uint64_t id = body_id(body, "id");

	if ((id != 0) == (ids != NULL)) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"cancel\" needs one of \"id\" or \"ids\"");
		return;
	}
	if (ids) {
		cancel_all(t, ids, r);
		return;
	}
	reply_set(r, "outcome", json_string(outcome_name(OUTCOME_CANCELLED)));
	if (r->error == PROTO_OK && !cancel_one(t, id))
		reply_error(r, PROTO_NOT_FOUND,
		    "announcement %" PRIu64 " is neither waiting nor on air",
		    id);
}

static enum verdict
op_cancel(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	if (!durability_is_ready(ctx))
		return OP_LATER;
	if (!durability_recall(s, r))
		cancel_some(ctx, body, r);
	return durability_settle(ctx, s, r);
}

/* What an operation does to each channel that it is asked of; first all add to
 * the answer, for what is done then can't be taken back. */
struct channel_op {
	void (*tell)(const struct targets *ts, const struct channel *ch,
	    const json_t *body, struct reply *r); /* NULL: nothing */
	void (*act)(struct channel *ch);          /* NULL: nothing */
	bool ends;                                /* announcements */
};

static void
act_on_channels(const struct channel_op *op, struct ttsd *t, const json_t *body,
    struct reply *r)
{
	struct targets ts;
	size_t i;

	if (targets_pick(t, body, r, &ts)) {
		for (i = 0; op->tell && i < ts.count; i++)
			op->tell(&ts, ts.channels[i], body, r);
		for (i = 0; op->act && i < ts.count && !r->error; i++)
			op->act(ts.channels[i]);
	}
	targets_done(&ts);
}

static enum verdict
run_of_channels(const struct channel_op *op, struct ttsd *t, struct session *s,
    const json_t *body, struct reply *r)
{
	if (!durability_is_ready(t))
		return OP_LATER;
	if (!durability_recall(s, r))
		act_on_channels(op, t, body, r);
	return op->ends ? durability_settle(t, s, r) : OP_DONE;
}

static void
tell_on_air(const struct targets *ts, const struct channel *ch,
    const json_t *body, struct reply *r)
{
	const struct announcement *a = ch->playout.current;

	(void)body;
	if (a)
		targets_answer(
		    ts, ch, r, "id", "ids", json_integer((json_int_t)a->id));
}

static void
channel_skip(struct channel *ch)
{
	playout_skip(&ch->playout);
}

static enum verdict
op_skip(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { tell_on_air, channel_skip, true };

	return run_of_channels(&op, ctx, s, body, r);
}

/* Adds to what those before it have waiting. */
static void
tell_waiting(const struct targets *ts, const struct channel *ch,
    const json_t *body, struct reply *r)
{
	json_int_t before =
	    json_integer_value(json_object_get(r->body, "cleared"));

	(void)ts;
	(void)body;
	reply_set(r, "cleared",
	    json_integer(before + (json_int_t)ch->playout.queue.count));
}

static void
channel_clear(struct channel *ch)
{
	playout_clear(&ch->playout, "cleared");
}

static enum verdict
op_clear(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { tell_waiting, channel_clear,
		true };

	return run_of_channels(&op, ctx, s, body, r);
}

static void
channel_pause(struct channel *ch)
{
	playout_pause(&ch->playout, true);
}

static enum verdict
op_pause(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { NULL, channel_pause, false };

	return run_of_channels(&op, ctx, s, body, r);
}

static void
channel_resume(struct channel *ch)
{
	playout_pause(&ch->playout, false);
}

static enum verdict
op_resume(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { NULL, channel_resume, false };

	return run_of_channels(&op, ctx, s, body, r);
}

/* A thousand announcements that show much are no answer that anybody may leave
 * unread. */
static const struct field queue_fields[] = {
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = "limit", .type = FIELD_INTEGER, .min = 1, .max = INT32_MAX },
	{ .name = NULL },
};

static void
tell_queue(const struct targets *ts, const struct channel *ch,
    const json_t *body, struct reply *r)
{
	size_t limit = (size_t)body_integer(body, "limit", INT64_MAX);

	if (!ts->many)
		reply_set(r, "channel", json_string(channel_name(ch)));
	targets_answer(
	    ts, ch, r, "items", "queues", playout_list(&ch->playout, limit));
}

static enum verdict
op_queue(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { tell_queue, NULL, false };

	return run_of_channels(&op, ctx, s, body, r);
}

/* ---- what there is ---------------------------------------------------- */

static json_t *
list_status(const struct ttsd *t)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < t->channel_count; i++) {
		channel_wake(t->channels[i]);
		body_append(&list, channel_status(t->channels[i]));
	}
	return list;
}

static json_t *
list_status_of(struct ttsd *t, const json_t *body, struct reply *r)
{
	json_t *list = json_array();
	struct targets ts;
	size_t i;

	if (targets_pick(t, body, r, &ts))
		for (i = 0; i < ts.count; i++)
			body_append(&list, channel_status(ts.channels[i]));
	targets_done(&ts);
	return list;
}

static enum verdict
op_status(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *workers = json_array();
	size_t i;

	(void)s;
	for (i = 0; i < t->engine_count; i++)
		engine_list_workers(t->engines[i], &workers);
	reply_set(r, "version", json_string(TTSD_VERSION));
	reply_set(r, "uptime_ms",
	    json_integer((clock_now_ns() - t->epoch_ns) / NS_PER_MS));
	reply_set(
	    r, "clients", json_integer((json_int_t)server_clients(t->server)));
	reply_set(r, "channels",
	    json_object_get(body, "channel") ? list_status_of(t, body, r)
					     : list_status(t));
	reply_set(r, "workers", workers);
	reply_set(r, "ledger", durability_status(t));
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
		body_append(&list, channel_describe(t->channels[i]));
	reply_set(r, "channels", list);
	return OP_DONE;
}

static const struct field voices_fields[] = {
	{ .name = "engine", .type = FIELD_STRING },
	{ .name = NULL },
};

/* Lists the voices of the engine that is asked for, else those of all engines
 * that were started. */
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
			engine_list_voices(t->engines[i], &list);
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
		body_append(&list, engine_describe(t->engines[i]));
	reply_set(r, "engines", list);
	return OP_DONE;
}

/* ---- set -------------------------------------------------------------- */

/* A number that is set may be one lower than in a request: that is the engine's
 * own. */
#define SPEECH_NUMBER_SETTING(                                  \
    field, key, initial, letter, unit, meaning, own, low, high) \
	{ .name = #field, .type = FIELD_INTEGER, .min = own, .max = high },

static const struct field set_fields[] = {
	{ .name = "channel", .type = FIELD_STRING },
	SPEECH_PARAMETERS(SPEECH_TEXT_FIELD, SPEECH_NUMBER_SETTING){
	    .name = "bed", .type = FIELD_STRING },
	{ .name = "bed_volume",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = CONF_BED_VOLUME_MAX },
	{ .name = NULL },
};

/* Makes `out` what a channel has, with what the request holds in place of it;
 * "" stands for the engine's own. ERR_NOMEM. */
static int
change_speech(struct speech_parameters *out,
    const struct speech_parameters *own, const json_t *body)
{
	const struct speech_parameter *p;
	int rc = speech_parameters_copy(out, own);
	char *text;

	for (p = speech_parameters; p->name && rc == 0; p++)
		if (!p->is_text) {
			speech_set_number(out, p,
			    body_integer(body, p->name, speech_number(out, p)));
		} else if (body_string(body, p->name)) {
			rc =
			    ttsd_copy_string(body_string(body, p->name), &text);
			speech_set_text(out, p, text);
		}
	if (rc < 0)
		speech_parameters_done(out);
	return rc;
}

/* Sets the channel's music; "" takes it away. */
static enum verdict
set_bed(struct ttsd *t, struct channel *ch, const json_t *body, struct reply *r)
{
	const char *clip = body_string(body, "bed");
	struct bed *bed = &ch->playout.bed;

	if (clip && clip[0] &&
	    ttsd_check_voice(t->clips, "clip", clip, NULL, r) == OP_LATER)
		return OP_LATER;
	if (r->error) {
		r->error = PROTO_NOT_FOUND;
		return OP_DONE;
	}
	if (clip && bed_set(bed, clip[0] ? clip : NULL) < 0)
		reply_no_memory(r);
	else
		bed_set_volume(bed,
		    (uint32_t)body_integer(body, "bed_volume", bed->volume));
	return OP_DONE;
}

/* Sets all that the request asks for, or with an error nothing. */
static enum verdict
set_all(struct ttsd *t, struct channel *ch, const json_t *body, struct reply *r)
{
	struct speech_defaults *own = &ch->defaults;
	struct speech_parameters speech;
	enum verdict verdict;

	if (change_speech(&speech, &own->speech, body) < 0) {
		reply_no_memory(r);
		return OP_DONE;
	}
	verdict = set_bed(t, ch, body, r);
	if (verdict == OP_LATER || r->error) {
		speech_parameters_done(&speech);
		return verdict;
	}
	speech_parameters_done(&own->speech);
	own->speech = speech;
	if (body_string(body, "voice"))
		own->voice_chosen = own->speech.voice != NULL;
	return OP_DONE;
}

static enum verdict
op_set(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	const char *voice = body_string(body, "voice");
	const char *language = body_string(body, "language");
	struct channel *ch = ttsd_pick_channel(ctx, body, r);

	(void)s;
	if (ch == NULL)
		return OP_DONE;
	if (ttsd_check_voice(ch->defaults.engine, "voice",
		voice && voice[0] ? voice : NULL,
		ttsd_is_language(language) ? language : NULL, r) == OP_LATER)
		return OP_LATER;
	return r->error ? OP_DONE : set_all(ctx, ch, body, r);
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
	    .fields = queue_fields,
	    .run = op_queue,
	    .plain = true,
	    .help = "what is on air and what waits" },
	{ .name = "history",
	    .fields = history_fields,
	    .run = op_history,
	    .help = "what was said, and what became of it" },
	{ .name = "receipt",
	    .fields = receipt_fields,
	    .run = op_receipt,
	    .help = "what became of announcements at the outputs" },
	{ .name = "status",
	    .fields = channel_fields,
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
	    .help = "change how a channel speaks, and its music" },
	{ .name = "show",
	    .fields = show_fields,
	    .run = op_show,
	    .help = "change what a picture shows, or ask" },
	{ .name = "subscribe",
	    .fields = subscribe_fields,
	    .run = op_subscribe,
	    .help = "get events as lines on this connection" },
	{ .name = "upgrade",
	    .run = op_upgrade,
	    .help = "start the program's new version without a gap" },
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
