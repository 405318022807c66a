/*
 * POST /v1/audio/speech: a text is spoken for who asks, on no channel, as
 * OpenAI's interface has it; and where its words lie.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/control/proto.h"
#include "common/err.h"
#include "common/log.h"
#include "common/net/encode.h"
#include "common/sound/wav.h"
#include "gateway/api/api.h"
#include "gateway/api/speech_request.h"
#include "gateway/http/answer.h"
#include "gateway/sound/speaker.h"

/* More than this waits for no client. */
#define WAITING_MAX ((size_t)64 * 1024)
/* Samples that an encoder has not taken yet. */
#define FEED_MAX ((size_t)1024 * 1024)

struct utterance {
	struct api *api;
	struct exchange *x;
	struct guest guest;
	struct speech_request asked;
	struct speaker *speaker;
	struct process *encoder;
	struct buf feed; /* of the encoder */
	bool begun;      /* the answer */
	bool spoken;     /* to its end */
	bool over;       /* the answer has its end */
};

static void
utterance_free(struct utterance *u)
{
	speaker_free(u->speaker);
	encoder_free(u->encoder);
	buf_done(&u->feed);
	speech_request_done(&u->asked);
	access_leave(&u->api->access, &u->guest);
	free(u);
}

static void
utterance_gone(void *arg)
{
	utterance_free(arg);
}

/* ---- the answer ------------------------------------------------------- */

/* The end of an answer that was begun: `gone` follows. */
static void
utterance_end(struct utterance *u, bool whole)
{
	if (u->over)
		return;
	u->over = true;
	speaker_free(u->speaker);
	encoder_free(u->encoder);
	u->speaker = NULL;
	u->encoder = NULL;
	if (whole)
		exchange_end(u->x);
	else
		exchange_break(u->x);
}

/* One event; takes over `body`. */
static void
put_event(struct utterance *u, json_t *body)
{
	char *text = body_text(body);
	int rc = text ? exchange_put(u->x, "data: ", 6) : ERR_NOMEM;

	if (rc == 0)
		rc = exchange_put(u->x, text, strlen(text));
	if (rc == 0)
		rc = exchange_put(u->x, "\n\n", 2);
	if (rc < 0)
		utterance_end(u, false);
	free(text);
	json_decref(body);
}

static void
put_delta(struct utterance *u, const uint8_t *data, size_t len)
{
	char *audio = base64_encode_bytes(data, len);
	json_t *body = audio ? json_pack("{s:s, s:s}", "type",
				   "speech.audio.delta", "audio", audio)
			     : NULL;

	free(audio);
	put_event(u, body);
}

/* Gives the client what is in the form that it asked for. */
static void
put_sound(struct utterance *u, const uint8_t *data, size_t len)
{
	if (u->over)
		return;
	if (u->asked.events)
		put_delta(u, data, len);
	else if (exchange_put(u->x, data, len) < 0)
		utterance_end(u, false);
}

static bool
client_is_full(const struct utterance *u)
{
	return exchange_room(u->x) < EXCHANGE_WAITING_MAX - WAITING_MAX;
}

/* What the client has not taken holds up who makes it. */
static void
hold_makers(struct utterance *u)
{
	bool full = client_is_full(u);

	if (u->encoder)
		process_reading(u->encoder, !full);
	if (u->speaker)
		speaker_hold(
		    u->speaker, u->encoder ? buf_len(&u->feed) > 0 : full);
}

static void
utterance_drained(void *arg)
{
	struct utterance *u = arg;

	if (!u->over)
		hold_makers(u);
}

static const struct exchange_owner utterance_owner = { .gone = utterance_gone,
	.drained = utterance_drained };

/* Answers with an error, instead of sound. What is `input` here ttsd knows as
 * "text". */
static void
refuse(struct utterance *u, const char *code, const char *message)
{
	static const char theirs[] = "\"text\"";
	bool of_text = strncmp(message, theirs, sizeof(theirs) - 1) == 0;
	static const struct {
		const char *code;
		unsigned status;
	} own[] = { { "unreadable", 400 }, { "failed", 502 },
		{ "crashed", 502 } };
	unsigned status = 0;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (strcmp(own[i].code, code) == 0)
			status = own[i].status;
	answer_error(u->x, status, code, "%s%s", of_text ? "\"input\"" : "",
	    of_text ? message + sizeof(theirs) - 1 : message);
	utterance_free(u);
}

/* Begins the answer with the first sound, or the first word, or the end of a
 * text without any: until then an error has a status of its own. Returns false
 * where it has answered, and `u` is no more. */
static bool
answer_begin(struct utterance *u)
{
	uint8_t header[WAV_HEADER_BYTES];

	if (u->begun)
		return true;
	if (u->asked.events)
		exchange_set(u->x, "X-Accel-Buffering", "no");
	if (!exchange_begin(u->x, 200,
		u->asked.events ? ANSWER_EVENTS : u->asked.format->type)) {
		utterance_free(u);
		return false;
	}
	u->begun = true;
	wav_header(header, u->asked.rate_hz, 1);
	if (strcmp(u->asked.format->name, "wav") == 0)
		put_sound(u, header, sizeof(header));
	return true;
}

/* All of it was made. */
static void
finish(struct utterance *u)
{
	if (u->asked.events && !u->over)
		put_event(u, json_pack("{s:s, s:{s:i, s:i, s:i}}", "type",
				 "speech.audio.done", "usage", "input_tokens",
				 0, "output_tokens", 0, "total_tokens", 0));
	utterance_end(u, true);
}

/* It has failed, perhaps behind its beginning; `u` may be no more. */
static void
fail(struct utterance *u, const char *code, const char *message)
{
	if (!u->begun) {
		refuse(u, code, message);
		return;
	}
	log_info(
	    "a text was not spoken to its end reason=%s", log_quote(message));
	if (u->asked.events && !u->over) {
		put_event(u, json_pack("{s:s, s:{s:s, s:s}}", "type", "error",
				 "error", "code", code, "message", message));
		utterance_end(u, true);
	}
	utterance_end(u, false);
}

/* ---- the encoder ------------------------------------------------------ */

static void
feed_encoder(void *arg)
{
	struct utterance *u = arg;
	int n;

	if (buf_len(&u->feed) > 0) {
		n = process_write(
		    u->encoder, buf_data(&u->feed), buf_len(&u->feed));
		/* When it is gone its end tells the rest. */
		buf_consume(&u->feed, n < 0 ? buf_len(&u->feed) : (size_t)n);
	}
	if (buf_len(&u->feed) == 0 && u->spoken)
		process_close_input(u->encoder);
	hold_makers(u);
}

static void
encoder_made(void *arg, const uint8_t *data, size_t len)
{
	struct utterance *u = arg;

	if (!answer_begin(u))
		return;
	put_sound(u, data, len);
	if (!u->over)
		hold_makers(u);
}

static void
encoder_said(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	log_debug("ffmpeg for a text: %.*s", (int)(len < 200 ? len : 200),
	    (const char *)data);
}

static void
encoder_gone(void *arg, const struct process_end *end)
{
	struct utterance *u = arg;
	char how[128], why[256];

	process_describe(end, how, sizeof(how));
	encoder_free(u->encoder);
	u->encoder = NULL;
	speaker_free(u->speaker);
	u->speaker = NULL;
	if (process_ended_well(end) && u->spoken) {
		if (answer_begin(u))
			finish(u);
		return;
	}
	snprintf(why, sizeof(why), "ffmpeg, which makes %s, has ended: %s",
	    u->asked.format->name, how);
	fail(u, "unavailable", why);
}

static const struct process_events encoder_events = { .gone = encoder_gone,
	.out = encoder_made,
	.err = encoder_said,
	.writable = feed_encoder };

/* Returns false where that fails: then it has answered. */
static bool
encoder_begin(struct utterance *u)
{
	char rate[16];
	const char *const input[] = { "-f", "s16le", "-ar", rate, "-ac", "1",
		"-i", ENCODER_STDIN, NULL };

	snprintf(rate, sizeof(rate), "%u", (unsigned)u->asked.rate_hz);
	if (u->encoder)
		return true;
	if (encoder_spawn(u->api->loop, u->api->conf->streamer.ffmpeg,
		u->asked.format, input, &encoder_events, u, &u->encoder) == 0)
		return true;
	refuse(u, "unavailable", "ffmpeg cannot be started");
	return false;
}

/* ---- what ttsd makes -------------------------------------------------- */

static bool
is_encoded(const struct utterance *u)
{
	return u->asked.format->options != NULL;
}

static void
encode(struct utterance *u, const uint8_t *pcm, size_t len)
{
	if (!encoder_begin(u))
		return;
	if (buf_put(&u->feed, pcm, len) < 0)
		fail(u, "unavailable", "there is no memory for it");
	else
		feed_encoder(u);
}

static void
spoke_sound(void *arg, const uint8_t *pcm, size_t len)
{
	struct utterance *u = arg;

	if (u->over)
		return;
	if (is_encoded(u)) {
		encode(u, pcm, len);
	} else if (answer_begin(u)) {
		put_sound(u, pcm, len);
		if (!u->over)
			hold_makers(u);
	}
}

/* Where a word begins: its time in the sound, and its place in the text. */
static void
spoke_mark(void *arg, const json_t *mark)
{
	struct utterance *u = arg;
	const char *kind = body_string(mark, "mark");
	json_t *body;

	if (!u->asked.words || strcmp(kind ? kind : "", "word") != 0 ||
	    !answer_begin(u) || u->over)
		return;
	body = json_pack("{s:s, s:O?, s:f, s:O?, s:O?, s:O?}", "type",
	    "speech.audio.word", "word", json_object_get(mark, "text"), "start",
	    (double)body_integer(mark, "sample", 0) / u->asked.rate_hz,
	    "sample", json_object_get(mark, "sample"), "offset",
	    json_object_get(mark, "offset"), "length",
	    json_object_get(mark, "length"));
	put_event(u, body);
	hold_makers(u);
}

static int ask(struct utterance *u);

/* OpenAI's clients have to name one of its voices. */
static bool
is_openais_voice(const char *name)
{
	static const char *const names[] = { "alloy", "ash", "ballad", "coral",
		"echo", "fable", "nova", "onyx", "sage", "shimmer", "verse",
		"marin", "cedar", NULL };

	return name && word_index(names, name) >= 0;
}

/* Asks again, for the channel's own voice. */
static bool
ask_without_voice(struct utterance *u)
{
	if (!is_openais_voice(body_string(u->asked.order, "voice")))
		return false;
	json_object_del(u->asked.order, "voice");
	speaker_free(u->speaker);
	u->speaker = NULL;
	return ask(u) == 0;
}

static void
spoke_all(void *arg, const char *code, const char *message)
{
	struct utterance *u = arg;

	u->spoken = code == NULL;
	if (code && !u->begun && strcmp(code, "unknown-voice") == 0 &&
	    ask_without_voice(u))
		return;
	if (code) {
		fail(u, code, message);
	} else if (!is_encoded(u)) {
		if (answer_begin(u))
			finish(u);
	} else if (encoder_begin(u)) {
		feed_encoder(u);
	}
}

static const struct speaker_events speaker_events = {
	.sound = spoke_sound, .mark = spoke_mark, .ended = spoke_all
};

/* ---- the request ------------------------------------------------------ */

static int
ask(struct utterance *u)
{
	char path[PLATFORM_PATH_MAX], *line;
	int rc = path_socket(u->api->dir->path, "speech", path, sizeof(path));
	size_t len;

	line = body_line(u->asked.order, &len);
	if (line == NULL)
		return ERR_NOMEM;
	if (rc == 0)
		rc = len > PROTO_LINE_MAX + 1
			 ? ERR_TOO_LONG
			 : speaker_new(u->api->loop, path, line,
			       &speaker_events, u, &u->speaker);
	free(line);
	return rc;
}

/* A token that is for some channels speaks as one of them does. */
static bool
check_channel(struct utterance *u, const struct token *who)
{
	const char *channel = body_string(u->asked.order, "channel");

	if (channel)
		return api_may_channel(u->api, u->x, who, channel);
	if (who->channels)
		body_put(
		    &u->asked.order, "channel", json_string(who->channels));
	return true;
}

static bool
has_encoder(struct utterance *u)
{
	if (u->asked.format->options == NULL || encoder_has_room())
		return true;
	answer_error(u->x, 0, "unavailable",
	    "%d have something encoded already; try again, or ask for wav",
	    ENCODERS_MAX);
	return false;
}

static void
speech_begin(struct utterance *u, json_t *body, const struct token *who)
{
	struct reply r = { .error = PROTO_OK };
	int rc;

	if (!speech_request_read(body, &u->asked, &r)) {
		answer_error(
		    u->x, 0, proto_error_name(r.error), "%s", r.message);
	} else if (check_channel(u, who) && has_encoder(u)) {
		exchange_own(u->x, &utterance_owner, u);
		rc = access_admit(&u->api->access, &u->guest, u->x, who);
		u->guest.breaks = true;
		if (rc == 0)
			rc = ask(u);
		if (rc == 0)
			return;
		if (rc == ERR_TOO_LONG)
			answer_error(u->x, 0, "too-long",
			    "a request has at most %d bytes", PROTO_LINE_MAX);
		else
			api_answer_absent(u->x, &u->api->peers[API_TTSD], rc);
	}
	utterance_free(u);
}

void
speech_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	struct utterance *u;
	json_t *body;

	(void)rest;
	if (!api_read_body(x, &body))
		return;
	u = calloc(1, sizeof(*u));
	if (u == NULL) {
		answer_error(x, 0, "unavailable", "there is no memory for it");
	} else {
		*u = (struct utterance){ .api = a, .x = x };
		buf_init(&u->feed, FEED_MAX);
		speech_begin(u, body, who);
	}
	json_decref(body);
}
