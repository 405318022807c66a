/*
 * A server of the Wyoming protocol: Piper and others, as Home Assistant uses
 * them.
 *
 *   wyoming --address HOST:PORT [--voice V] [--format auto|raw] [--timeout S]
 *
 * At start it asks for the voices; every job is a connection of its own, so
 * that nothing of a job that was cancelled can reach the next.
 */
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/net/wyoming.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_io.h"
#include "ttsd/engines/kit/kit_options.h"
#include "ttsd/engines/kit/kit_text.h"
#include "ttsd/engines/net/answer.h"
#include "ttsd/engines/net/net.h"
#include "ttsd/engines/net/tcp.h"
#include "ttsd/engines/net/voices.h"
#include "ttsd/engines/sound/sound.h"

#define USAGE                                                          \
	"wyoming --address HOST:PORT [--voice V] [--format auto|raw] " \
	"[--timeout S]"
/* The wait for the list of voices, which keeps nobody waiting for long. */
#define DESCRIBE_MS 2000
#define CONNECT_MS 5000
#define READ_BYTES (64 * 1024)
/* The wait for another sentence: of a server that says when there is none,
 * and of one that does not. */
#define ASKED_MS 5000
#define MORE_MS 250
#define WIDTH_MAX 4
/* The list of a server's voices is in the JSON; the payload is five minutes of
 * any sound. */
#define JSON_MAX ((size_t)4 << 20)
#define PAYLOAD_MAX ((uint64_t)256 << 20)

static const struct wyoming_bounds bounds = { JSON_MAX, PAYLOAD_MAX };
static const char *address, *default_voice;
static enum sound_mode mode = SOUND_PCM;
static unsigned timeout_ms = 30000;
static json_t *voices; /* of the hello */
static struct buf in;  /* what came and was not looked at */

struct format {
	unsigned rate_hz, width, channels;
};

/* An answer as it comes. */
struct answer {
	const char *text; /* what is to be spoken */
	struct patience patience;
	struct patience more; /* after a stop */
	struct sound sound;
	struct format format; /* rate_hz 0: not known yet */
	bool stopped;         /* one sentence is over, perhaps not the last */
	bool over;
};

/* Arguments. */

static bool
take_address(const char *s)
{
	address = s;
	return tcp_set_address(s) == 0;
}

static bool
wyoming_take_format(const char *s)
{
	mode = strcmp(s, "raw") == 0 ? SOUND_RAW : SOUND_PCM;
	return mode == SOUND_RAW || strcmp(s, "auto") == 0;
}

static bool
wyoming_take_timeout(const char *s)
{
	return kit_option_seconds(s, 0, &timeout_ms);
}

static const struct kit_option table[] = {
	{ .name = "--address", .take = take_address },
	{ .name = "--voice", .string = &default_voice },
	{ .name = "--format", .take = wyoming_take_format },
	{ .name = "--timeout", .take = wyoming_take_timeout },
	{ 0 },
};

static int
wyoming_start(int argc, char **argv)
{
	int rc = kit_options(argc, argv, table, USAGE);

	if (rc == 0 && address == NULL) {
		log_error("usage: " USAGE);
		rc = KIT_EXIT_USAGE;
	}
	if (rc == 0 && net_init() < 0) {
		log_error(
		    "wyoming: libcurl cannot be initialised, so no server "
		    "can be asked; reinstall it and its TLS library");
		rc = KIT_EXIT_INTERNAL;
	}
	buf_init(&in, 2 * JSON_MAX + READ_BYTES);
	return rc;
}

/* Events. */

static int
send_event(const char *type, json_t *data, const struct patience *p)
{
	struct buf b;
	int rc;

	buf_init(&b, JSON_MAX);
	rc = wyoming_put(&b, type, data, NULL, 0);
	if (rc == 0)
		rc = tcp_write(buf_data(&b), buf_len(&b), p);
	buf_done(&b);
	return rc;
}

/* Reads once. */
static int
more(const struct patience *p)
{
	static uint8_t chunk[READ_BYTES];
	long n = tcp_read(chunk, sizeof(chunk), p);

	return n < 0 ? (int)n : buf_put(&in, chunk, (size_t)n);
}

/* The next event up to its payload; wyoming_done() after 0. */
static int
next_event(struct wyoming_event *e, const struct patience *p)
{
	size_t need = 0;
	long used;
	int rc;

	for (;;) {
		used = buf_len(&in) < need
			   ? 0
			   : wyoming_parse(buf_data(&in), buf_len(&in), &bounds,
				 e, &need);
		if (used < 0)
			return (int)used;
		if (used > 0) {
			buf_consume(&in, (size_t)used);
			return 0;
		}
		rc = more(p);
		if (rc < 0)
			return rc;
	}
}

/* Passes the payload on to the answer, or skips it where that is NULL. */
static int
payload(uint64_t len, struct answer *a, const struct patience *p)
{
	int64_t since;
	size_t n;
	int rc = 0;

	while (rc == 0 && len > 0) {
		n = buf_len(&in) < len ? buf_len(&in) : (size_t)len;
		if (n == 0) {
			rc = more(p);
			continue;
		}
		if (a) {
			since = io_now_ns();
			rc = sound_put(&a->sound, buf_data(&in), n);
			if (rc == 0)
				rc = kit_flush();
			patience_fed(&a->patience, n, since);
		}
		buf_consume(&in, n);
		len -= n;
	}
	return rc;
}

static int
connect_within(unsigned ms)
{
	struct patience p;

	buf_clear(&in);
	patience_begin(&p, ms);
	return tcp_open(&p);
}

/* The hello. */

static int
ask_voices(void)
{
	struct patience p;
	struct wyoming_event e;
	int rc;

	patience_begin(&p, DESCRIBE_MS);
	rc = send_event("describe", NULL, &p);
	while (rc == 0 && (rc = next_event(&e, &p)) == 0) {
		bool info = strcmp(e.type, "info") == 0;

		if (info)
			voices_add(voices, e.data);
		else
			rc = payload(e.payload_len, NULL, &p);
		wyoming_done(&e);
		if (info)
			break;
	}
	return rc;
}

static int
wyoming_hello(json_t *h)
{
	int rc = connect_within(DESCRIBE_MS);

	voices = json_object_get(h, "voices");
	if (rc == 0)
		rc = ask_voices();
	tcp_close();
	if (rc == ERR_CLOSED)
		return rc;
	if (rc < 0)
		log_warning("wyoming: %s does not list its voices, so any name "
			    "is taken for one: %s",
		    address, rc == ERR_REFUSED ? tcp_why() : err_text(rc));
	if (json_array_size(voices) > 0)
		json_object_set_new(h, "any_voice", json_false());
	json_incref(voices);
	return 0;
}

/* Jobs. */

static json_t *
voice_of(const struct kit_job *job)
{
	const char *name = job->speech.voice, *speaker;

	if (name == NULL && job->speech.language)
		name = voices_find(voices, job->speech.language);
	if (name == NULL && job->speech.language)
		return json_pack("{s:s}", "language", job->speech.language);
	if (name == NULL)
		name = default_voice;
	if (name == NULL)
		return NULL;
	speaker = strchr(name, WYOMING_SPEAKER);
	if (speaker == NULL)
		return json_pack("{s:s}", "name", name);
	return json_pack("{s:s%, s:s}", "name", name, (size_t)(speaker - name),
	    "speaker", speaker + 1);
}

static json_t *
request_of(const struct kit_job *job, const char *text)
{
	json_t *data = json_pack("{s:s}", "text", text);
	json_t *voice = voice_of(job);

	if (voice && json_object_set_new(data, "voice", voice) < 0) {
		json_decref(data);
		return NULL;
	}
	return data;
}

/* 0 where the event does not say, too large where it makes no sense. */
static unsigned
number_of(const struct wyoming_event *e, const char *key, unsigned max)
{
	const json_t *v = json_object_get(e->data, key);

	if (v == NULL || json_is_null(v))
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < 1 ||
	    json_integer_value(v) > (json_int_t)max)
		return max + 1;
	return (unsigned)json_integer_value(v);
}

/* The format of a start or a chunk: the first one counts, and the others may
 * not differ. */
static int
agree(struct answer *a, const struct wyoming_event *e)
{
	struct format f = {
		.rate_hz = number_of(e, "rate", KIT_RATE_MAX),
		.width = number_of(e, "width", WIDTH_MAX),
		.channels = number_of(e, "channels", KIT_CHANNELS_MAX),
	};
	bool known = a->format.rate_hz > 0;

	if ((known && f.rate_hz && f.rate_hz != a->format.rate_hz) ||
	    (known && f.width && f.width != a->format.width) ||
	    (known && f.channels && f.channels != a->format.channels))
		return kit_fail(
		    KIT_FAILED, "the sound changes its format on the way");
	if (known)
		return 0;
	if (f.rate_hz < KIT_RATE_MIN || f.rate_hz > KIT_RATE_MAX ||
	    f.width < 1 || f.width > WIDTH_MAX || f.channels < 1 ||
	    f.channels > KIT_CHANNELS_MAX)
		return kit_fail(KIT_FAILED,
		    "sound of a rate, width or number of channels that makes "
		    "no sense");
	a->format = f;
	sound_init(&a->sound, mode,
	    &(struct wav_format){ f.rate_hz, (uint16_t)f.channels,
		(uint16_t)(8 * f.width), WAV_TAG_PCM });
	return 0;
}

static int
server_error(const struct answer *a, const struct wyoming_event *e)
{
	const char *said = json_string_value(json_object_get(e->data, "text"));

	if (said == NULL || answer_repeats(said, a->text))
		return kit_fail(KIT_FAILED, "the server reports an error");
	return kit_fail(KIT_FAILED, "the server says: %.200s", said);
}

/* Some servers send one start and stop a sentence, and nothing that says
 * which is the last. But they answer in turn: when the answer to `describe`
 * comes, there is no more sound. Who never answered that gets a moment. */
static int
ask_for_more(struct answer *a)
{
	bool answers = json_array_size(voices) > 0;
	int rc = 0;

	if (!a->stopped && answers)
		rc = send_event("describe", NULL, &a->patience);
	a->stopped = true;
	patience_begin(&a->more, answers ? ASKED_MS : MORE_MS);
	/* One that hangs up now has said all. */
	a->over = rc == ERR_IO || rc == ERR_END;
	return a->over ? 0 : rc;
}

static int
handle(struct answer *a, const struct wyoming_event *e)
{
	bool chunk = strcmp(e->type, "audio-chunk") == 0;
	int rc = 0;

	if (strcmp(e->type, "error") == 0)
		return server_error(a, e);
	if (chunk || strcmp(e->type, "audio-start") == 0) {
		if (a->stopped)
			patience_begin(&a->patience, timeout_ms);
		a->stopped = false;
		rc = agree(a, e);
	}
	if (strcmp(e->type, "audio-stop") == 0)
		rc = ask_for_more(a);
	if (strcmp(e->type, "synthesize-stopped") == 0 ||
	    (a->stopped && strcmp(e->type, "info") == 0))
		a->over = true;
	if (rc == 0)
		rc = payload(e->payload_len, chunk ? a : NULL, &a->patience);
	return rc;
}

static int
listen_to(struct answer *a)
{
	struct wyoming_event e;
	int rc = 0;

	while (rc == 0 && !a->over) {
		rc = next_event(&e, a->stopped ? &a->more : &a->patience);
		if (a->stopped &&
		    (rc == ERR_END || rc == ERR_IO || rc == ERR_TIMEOUT)) {
			rc = 0;
			break;
		}
		if (rc == ERR_INVALID)
			return kit_fail(KIT_FAILED,
			    "what came is no Wyoming event; "
			    "does a Wyoming server listen at %s?",
			    address);
		if (rc < 0)
			break;
		rc = handle(a, &e);
		wyoming_done(&e);
	}
	if (rc == 0 && a->format.rate_hz > 0)
		rc = sound_end(&a->sound);
	if (rc == 0 && a->sound.frames == 0)
		rc = kit_fail(KIT_FAILED, "the answer has no sound in it");
	return rc;
}

/* Says what an error of the connection means. */
static int
explain(int rc)
{
	switch (rc) {
	case ERR_END:
	case ERR_IO:
		return kit_fail(KIT_FAILED, "the answer ended early");
	case ERR_TIMEOUT:
		return kit_fail(KIT_FAILED, "the server sent no sound for %u s",
		    timeout_ms / 1000);
	case ERR_TOO_LONG:
	case ERR_FULL:
		return kit_fail(KIT_FAILED,
		    "the server announces an event of more than %zu MiB, "
		    "or %zu MiB of JSON",
		    (size_t)(PAYLOAD_MAX >> 20), JSON_MAX >> 20);
	default:
		return rc;
	}
}

static int
wyoming_speak(const struct kit_job *job, const char *text)
{
	struct answer a = { .text = text };
	int rc = connect_within(CONNECT_MS);

	if (rc == ERR_REFUSED || rc == ERR_TIMEOUT)
		return kit_fail(KIT_UNAVAILABLE, "cannot reach %s: %s", address,
		    rc == ERR_REFUSED ? tcp_why() : err_text(rc));
	if (rc < 0)
		return rc;
	patience_begin(&a.patience, timeout_ms);
	rc = send_event("synthesize", request_of(job, text), &a.patience);
	if (rc == 0)
		rc = listen_to(&a);
	if (a.format.rate_hz > 0)
		sound_done(&a.sound);
	tcp_close();
	return explain(rc);
}

static int
wyoming_run(const struct kit_job *job)
{
	char *text;
	int rc = kit_text_plain(job, &text);

	kit_gain(job->speech.volume);
	if (text && kit_text_has_words(text))
		rc = wyoming_speak(job, text);
	free(text);
	return rc;
}

int
main(int argc, char **argv)
{
	static const struct kit_engine wyoming = {
		.name = "wyoming",
		.version = "1",
		.any_voice = true,
		.start = wyoming_start,
		.hello = wyoming_hello,
		.run = wyoming_run,
	};

	return kit_main(argc, argv, &wyoming);
}
