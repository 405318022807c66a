/*
 * GET /v1/listen/CHANNEL, .wav, .mp3, .opus: the channel's sound, for as long
 * as it is taken. WAV is what ttsd's audio socket gives, byte for byte; the
 * others are made of it by an ffmpeg each. Who does not take it as fast as it
 * comes loses what ttsd's `overflow` says. Headers tell the rate, and of WAV at
 * which sample of the channel it begins.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/control/fields.h"
#include "common/err.h"
#include "common/log.h"
#include "common/net/url.h"
#include "gateway/api/arrival.h"
#include "gateway/http/answer.h"
#include "gateway/sound/encoder.h"

#define LISTENERS_MAX 500
/* More than this waits for nobody: of WAV at 24 kHz a second. */
#define WAITING_MAX ((size_t)48 * 1024)

/* What a name may end in, and the encoding that it then has. */
static const struct {
	const char *suffix, *encoding;
} forms[] = {
	{ "", "wav" },
	{ ".wav", "wav" },
	{ ".mp3", "mp3" },
	{ ".opus", "opus" },
};

struct listener {
	struct api *api;
	struct exchange *x;
	struct guest guest;
	const struct encoding *format;
	char channel[CONF_NAME_MAX + 1];
	char path[PLATFORM_PATH_MAX]; /* of its audio socket */
	struct question *asked;       /* where the channel's sound is */
	struct arrival *arrival;      /* of WAV, where that begins */
	bool begun;                   /* the answer */
	struct stream *stream;        /* then either of these two */
	struct process *encoder;      /* with a format's options */
	bool held;                    /* it is not read from */
};

static void
listener_free(struct listener *ln)
{
	if (ln->asked)
		question_drop(ln->asked);
	arrival_free(ln->arrival);
	stream_close(ln->stream);
	access_leave(&ln->api->access, &ln->guest);
	encoder_free(ln->encoder);
	ln->api->listeners--;
	free(ln);
}

static void
listener_gone(void *arg)
{
	listener_free(arg);
}

/* ---- sound ------------------------------------------------------------ */

static void
hold(struct listener *ln, bool on)
{
	if (ln->held == on)
		return;
	ln->held = on;
	if (ln->stream)
		stream_reading(ln->stream, !on);
	else
		process_reading(ln->encoder, !on);
}

static void
sound(void *arg, const uint8_t *data, size_t len)
{
	struct listener *ln = arg;

	if (exchange_put(ln->x, data, len) < 0)
		exchange_end(ln->x);
	else
		hold(ln,
		    exchange_room(ln->x) < EXCHANGE_WAITING_MAX - WAITING_MAX);
}

static void
listener_drained(void *arg)
{
	hold(arg, false);
}

/* Begins the answer; false: it could not be. */
static bool
listener_begin(struct listener *ln)
{
	ln->begun = exchange_begin(ln->x, 200, ln->format->type);
	if (!ln->begun)
		listener_free(ln);
	return ln->begun;
}

static void
listener_refuse(struct listener *ln, int err)
{
	api_answer_absent(ln->x, &ln->api->peers[API_TTSD], err);
	listener_free(ln);
}

static void
stream_ended(void *arg, int err)
{
	struct listener *ln = arg;

	if (ln->begun) {
		exchange_end(ln->x);
		return;
	}
	listener_refuse(ln, err);
}

static void
encoder_said(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	log_debug("ffmpeg for a listener: %.*s", (int)(len < 200 ? len : 200),
	    (const char *)data);
}

/* The first of it shows that the encoder can be run at all. */
static void
encoded(void *arg, const uint8_t *data, size_t len)
{
	struct listener *ln = arg;

	if (ln->begun || listener_begin(ln))
		sound(ln, data, len);
}

static void
encoder_fail(struct listener *ln, const char *why)
{
	log_info(
	    "ffmpeg for a listener (%s) has ended: %s", ln->format->name, why);
	if (ln->begun) {
		exchange_end(ln->x);
		return;
	}
	answer_error(ln->x, 0, "unavailable",
	    "ffmpeg, which makes %s, has ended: %s", ln->format->name, why);
	listener_free(ln);
}

static void
encoder_gone(void *arg, const struct process_end *end)
{
	char how[128];

	process_describe(end, how, sizeof(how));
	encoder_fail(arg, how);
}

static const struct exchange_owner listener_owner = { .gone = listener_gone,
	.drained = listener_drained };
static const struct stream_events stream_events = { .data = sound,
	.ended = stream_ended };
static const struct process_events encoder_events = {
	.gone = encoder_gone, .out = encoded, .err = encoder_said
};

/* ---- the request ------------------------------------------------------ */

static int
spawn_encoder(struct listener *ln, const char *path)
{
	char url[PLATFORM_PATH_MAX + 8];
	const char *const input[] = { "-f", "wav", "-i", url, NULL };

	snprintf(url, sizeof(url), "%s%s", url_socket_scheme(path), path);
	return encoder_spawn(ln->api->loop, ln->api->conf->streamer.ffmpeg,
	    ln->format, input, &encoder_events, ln, &ln->encoder);
}

static void
arrival_turn(void *arg)
{
	struct listener *ln = arg;
	int rc = stream_connect(
	    ln->api->loop, ln->path, &stream_events, ln, &ln->stream);

	if (rc < 0)
		listener_refuse(ln, rc);
}

static void
arrival_told(void *arg, bool known, uint64_t first)
{
	struct listener *ln = arg;
	char sample[32];

	ln->arrival = NULL;
	snprintf(sample, sizeof(sample), "%" PRIu64, first);
	if (known)
		exchange_set(ln->x, "TTSD-First-Sample", sample);
	listener_begin(ln);
}

static const struct arrival_events arrival_events = { .turn = arrival_turn,
	.told = arrival_told };

static void
open_sound(struct listener *ln, const json_t *channel)
{
	char rate[32];
	int rc;

	snprintf(ln->path, sizeof(ln->path), "%s",
	    body_string(channel, "audio_socket"));
	snprintf(rate, sizeof(rate), "%" PRIu64, body_count(channel, "rate"));
	exchange_set(ln->x, "TTSD-Rate", rate);
	if (ln->format->options) {
		rc = spawn_encoder(ln, ln->path);
		if (rc < 0)
			encoder_fail(ln, err_text(rc));
		return;
	}
	rc = arrival_new(
	    ln->api, ln->channel, &arrival_events, ln, &ln->arrival);
	if (rc < 0)
		listener_refuse(ln, rc);
}

static const json_t *
find_channel(const json_t *reply, const char *name)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(reply, "channels"), i, one)
	{
		const char *its = body_string(one, "name");

		if (its && strcmp(its, name) == 0)
			return one;
	}
	return NULL;
}

/* ttsd has told which channels there are. */
static void
channels_told(void *arg, const char *line, size_t len, int err)
{
	struct listener *ln = arg;
	json_t *reply = line ? json_loadb(line, len, 0, NULL) : NULL;
	const json_t *channel = find_channel(reply, ln->channel);

	ln->asked = NULL;
	if (body_string(channel, "audio_socket") &&
	    strcmp(exchange_method(ln->x), "HEAD") == 0) {
		exchange_reply(ln->x, 200, ln->format->type, "", 0);
		listener_free(ln);
	} else if (body_string(channel, "audio_socket")) {
		open_sound(ln, channel);
	} else {
		if (line == NULL)
			api_answer_absent(
			    ln->x, &ln->api->peers[API_TTSD], err);
		else
			answer_error(ln->x, 0, "unknown-channel",
			    "there is no channel '%s'", ln->channel);
		listener_free(ln);
	}
	json_decref(reply);
}

/* Parts "CHANNEL.mp3"; false where there is no such form of sound. */
static bool
read_name(const char *rest, char *channel, size_t size,
    const struct encoding **format)
{
	size_t i, n = strcspn(rest, ".");

	*format = NULL;
	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strcmp(forms[i].suffix, rest + n) == 0)
			*format = encoding_find(forms[i].encoding);
	snprintf(channel, size, "%.*s", (int)(n < size ? n : 0), rest);
	return *format && channel[0];
}

static bool
has_room(const struct api *a, struct exchange *x, const struct encoding *f)
{
	if (a->listeners < LISTENERS_MAX &&
	    (f->options == NULL || encoder_has_room()))
		return true;
	answer_error(x, 0, "unavailable",
	    "%d listen already; a server that is sent to (docs/OUTPUTS.md) "
	    "has room for more",
	    f->options ? ENCODERS_MAX : LISTENERS_MAX);
	return false;
}

static void
listen_to(struct api *a, struct exchange *x, const struct token *who,
    const struct encoding *format, const char *channel)
{
	static const char channels[] = "{\"op\":\"channels\"}\n";
	struct listener *ln = calloc(1, sizeof(*ln));
	int rc;

	if (ln == NULL) {
		answer_error(x, 0, "unavailable", "there is no memory for it");
		return;
	}
	*ln = (struct listener){ .api = a, .x = x, .format = format };
	snprintf(ln->channel, sizeof(ln->channel), "%s", channel);
	a->listeners++;
	exchange_own(x, &listener_owner, ln);
	rc = access_admit(&a->access, &ln->guest, x, who);
	if (rc == 0)
		rc = peer_ask(a->peers[API_TTSD].peer, channels,
		    sizeof(channels) - 1, channels_told, ln, &ln->asked);
	if (rc < 0) {
		api_answer_absent(x, &a->peers[API_TTSD], rc);
		listener_free(ln);
	}
}

void
listen_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	char channel[CONF_NAME_MAX + 1];
	const struct encoding *format;

	if (!read_name(rest, channel, sizeof(channel), &format))
		answer_error(x, 0, "not-found",
		    "a channel's sound is CHANNEL, CHANNEL.wav, CHANNEL.mp3 "
		    "or CHANNEL.opus");
	else if (api_may_channel(a, x, who, channel) && has_room(a, x, format))
		listen_to(a, x, who, format, channel);
}
