#include "gateway/api/speech_request.h"

#include <math.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "gateway/sound/speaker.h"

/* What "speed" 1 is, in words a minute: as the engine `http` reads it, too. */
#define SPEED_ONE_WPM 175
#define SPEED_MIN 0.25
#define SPEED_MAX 4.0
static const struct field fields[] = {
	{ .name = "input", .type = FIELD_STRING, .required = true },
	{ .name = "model", .type = FIELD_STRING },
	{ .name = "voice", .type = FIELD_STRING },
	{ .name = "response_format", .type = FIELD_STRING },
	{ .name = "stream_format", .type = FIELD_STRING },
	{ .name = "timestamp_granularities", .type = FIELD_STRINGS },
	{ .name = "instructions", .type = FIELD_STRING }, /* not followed */
	/* Beyond OpenAI's. */
	{ .name = "sample_rate",
	    .type = FIELD_INTEGER,
	    .min = 8000,
	    .max = 192000 },
	{ .name = "channel", .type = FIELD_STRING },
	{ .name = "language", .type = FIELD_STRING },
	{ .name = "spell", .type = FIELD_STRING },
	{ .name = "pitch", .type = FIELD_INTEGER, .max = 100 },
	{ .name = "volume", .type = FIELD_INTEGER, .max = 200 },
	{ .name = NULL },
};

/* Those that are ttsd's by the same name. */
static const char *const passed_on[] = { "voice", "channel", "language",
	"spell", "pitch", "volume", NULL };

/* Takes `speed` out of the body: it is a number of any kind. */
static void
take_speed(json_t *body, struct reply *r, json_t **order)
{
	const json_t *speed = json_object_get(body, "speed");
	double value = json_number_value(speed);

	if (speed &&
	    (!json_is_number(speed) || value < SPEED_MIN || value > SPEED_MAX))
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"speed\" must be a number from 0.25 to 4");
	else if (speed && value != 1)
		body_put(
		    order, "rate", json_integer(lround(value * SPEED_ONE_WPM)));
	json_object_del(body, "speed");
}

/* A model of OpenAI's stands for none of ours. */
static bool
names_engine(const char *model)
{
	return model && model[0] && strncmp(model, "tts-", 4) != 0 &&
	       strncmp(model, "gpt-", 4) != 0;
}

static void
choose_form(struct speech_request *q, const json_t *body, struct reply *r)
{
	const char *format = body_string(body, "response_format");
	const char *stream = body_string(body, "stream_format");

	q->format = encoding_find(format ? format : "mp3");
	if (q->format == NULL)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"response_format\" is '%.40s'; expected one of wav, pcm, "
		    "mp3, opus, aac, flac",
		    format);
	q->events = stream && strcmp(stream, "sse") == 0;
	if (stream && !q->events && strcmp(stream, "audio") != 0)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"stream_format\" is '%.40s'; expected audio or sse",
		    stream);
}

static void
choose_words(struct speech_request *q, const json_t *body, struct reply *r)
{
	const json_t *list = json_object_get(body, "timestamp_granularities");
	const json_t *one = list;
	size_t i,
	    n = json_is_array(list) ? json_array_size(list) : list != NULL;

	q->words = n > 0;
	for (i = 0; i < n; i++) {
		if (json_is_array(list))
			one = json_array_get(list, i);
		if (strcmp(json_string_value(one), "word") != 0)
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"timestamp_granularities\" can have \"word\" "
			    "alone");
	}
	if (q->words && !q->events)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"timestamp_granularities\" need \"stream_format\":"
		    "\"sse\": in sound alone there is no place for them");
}

bool
speech_request_read(json_t *body, struct speech_request *q, struct reply *r)
{
	const char *model;

	q->order = json_pack("{s:s}", "op", "speak");
	take_speed(body, r, &q->order);
	if (r->error || !check_fields("speech", fields, body, r))
		return false;
	model = body_string(body, "model");
	q->rate_hz =
	    (uint32_t)body_integer(body, "sample_rate", SPEAKER_RATE_HZ);
	body_put(
	    &q->order, "text", json_incref(json_object_get(body, "input")));
	body_put(&q->order, "format",
	    json_pack("{s:i, s:i}", "rate", (int)q->rate_hz, "channels", 1));
	if (names_engine(model))
		body_put(&q->order, "engine", json_string(model));
	body_copy(&q->order, body, passed_on);
	choose_form(q, body, r);
	choose_words(q, body, r);
	if (q->order == NULL)
		reply_no_memory(r);
	return r->error == PROTO_OK;
}

void
speech_request_done(struct speech_request *q)
{
	json_decref(q->order);
	q->order = NULL;
}
