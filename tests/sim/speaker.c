#include "tests/sim/speaker.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/le.h"
#include "common/sound/frame.h"
#include "tests/sim/clerk.h"

#define IN_MAX (2 * FRAME_MAX)
#define STUCK_NS (5 * NS_PER_S)

struct speaker {
	struct process *process;
	const char *engine; /* the program's name */
	struct timer *timer;
	struct buf in;
	bool warm;            /* it has said HELLO */
	enum fault fault;     /* of its start, then of the present job */
	json_t *job;          /* NULL: idle */
	uint64_t made, whole; /* samples; whole is UINT64_MAX for a loop */
	size_t word;          /* the byte of the text where the next one is */
	size_t frames;        /* sent for this job */
};

static struct {
	const char *engine;
	enum fault fault;
	unsigned times;
	unsigned speed;
	int64_t warm_up_ns;
	size_t jobs;
} studio;

static const char *const fault_texts[] = {
#define X(name, text) [FAULT_##name] = text,
	FAULTS(X)
#undef X
};

const char *
fault_text(enum fault fault)
{
	return fault_texts[fault];
}

void
speakers_fault(const char *engine, enum fault fault, unsigned times)
{
	studio.engine = engine;
	studio.fault = fault;
	studio.times = times;
}

void
speakers_speed(unsigned percent)
{
	studio.speed = percent;
}

size_t
speakers_jobs(void)
{
	return studio.jobs;
}

void
speakers_warm_up(int64_t ns)
{
	studio.warm_up_ns = ns;
}

/* Is it now that something goes wrong, of those from `first` to `last`? */
static enum fault
take_fault(const char *engine, enum fault first, enum fault last)
{
	if (studio.times == 0 || studio.fault < first || studio.fault > last ||
	    (studio.engine && strcmp(studio.engine, engine) != 0))
		return FAULT_NONE;
	studio.times--;
	return studio.fault;
}

/* ---- its sound -------------------------------------------------------- */

static uint32_t
timbre(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash;
}

/* The sample of a place in a text: never silence, and different in every place
 * of every text. */
static int16_t
sample_of(uint32_t hash, uint64_t n)
{
	hash = (hash ^ (uint32_t)n) * 16777619u;
	return (int16_t)(1 + (hash >> 8) % 8000);
}

int16_t
speaker_sample(const char *text, uint64_t n)
{
	return sample_of(timbre(text), n);
}

uint64_t
speaker_samples(const char *text, uint32_t rate_hz)
{
	return strlen(text) * SPEAKER_LETTER_MS * rate_hz / 1000;
}

static uint32_t
rate_of(const struct speaker *s)
{
	return (uint32_t)json_integer_value(
	    json_object_get(s->job, "sample_rate"));
}

static size_t
channels_of(const struct speaker *s)
{
	return (size_t)json_integer_value(json_object_get(s->job, "channels"));
}

/* A clip is known by its name, which is its voice. */
static const char *
text_of(const struct speaker *s)
{
	const char *text = json_string_value(json_object_get(s->job, "text"));

	return text[0] ? text
		       : json_string_value(json_object_get(s->job, "voice"));
}

/* ---- frames ----------------------------------------------------------- */

static void
send_frame(
    struct speaker *s, enum frame_type type, const void *data, size_t len)
{
	uint8_t header[FRAME_HEADER_BYTES];

	frame_header(header, type, len);
	peer_write(proc_out(s->process), header, sizeof(header));
	peer_write(proc_out(s->process), data, len);
}

static void
send_text(struct speaker *s, enum frame_type type, const char *text)
{
	send_frame(s, type, text, strlen(text));
}

static void
send_json(struct speaker *s, enum frame_type type, json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	send_text(s, type, text);
	free(text);
	json_decref(o);
}

static void
send_hello(struct speaker *s, int protocol)
{
	const char *text =
	    strcmp(s->engine, "clip") == 0
		? "[{'name':'ding','duration_ms':160},{'name':'music'}]"
		: "[{'name':'English','id':'gmw/en','languages':['en']},"
		  "{'name':'German','id':'gmw/de','languages':['de']}]";
	char quoted[256], *p;

	snprintf(quoted, sizeof(quoted), "%s", text);
	for (p = quoted; *p; p++)
		if (*p == '\'')
			*p = '"';
	send_json(s, FRAME_HELLO,
	    json_pack("{s:i, s:s, s:o}", "protocol", protocol, "engine",
		s->engine, "voices", json_loads(quoted, 0, NULL)));
}

static void
send_end(struct speaker *s)
{
	send_json(s, FRAME_END,
	    json_pack("{s:O, s:I}", "job", json_object_get(s->job, "job"),
		"samples", (json_int_t)s->made));
}

static void
send_error(struct speaker *s)
{
	send_json(s, FRAME_ERROR,
	    json_pack("{s:O, s:s, s:s}", "job", json_object_get(s->job, "job"),
		"code", "failed", "message", "the voice is hoarse"));
}

/* ---- a job ------------------------------------------------------------ */

static void
end_job(struct speaker *s)
{
	json_decref(s->job);
	s->job = NULL;
	s->fault = FAULT_NONE;
	timer_at(s->timer, INT64_MAX);
}

/* The mark of the next word, where its sound begins in these samples. */
static bool
send_mark(struct speaker *s, uint64_t samples)
{
	const char *text = text_of(s);
	uint64_t letter = (uint64_t)SPEAKER_LETTER_MS * rate_of(s) / 1000;
	size_t len;

	s->word += strspn(text + s->word, " ");
	if (text[s->word] == '\0' || s->word * letter >= s->made + samples)
		return false;
	len = strcspn(text + s->word, " ");
	send_json(s, FRAME_MARK,
	    json_pack("{s:s, s:I, s:i, s:i}", "mark", "word", "sample",
		(json_int_t)(s->word * letter), "offset", (int)s->word,
		"length", (int)len));
	s->word += len;
	return true;
}

static void
send_sound(struct speaker *s, uint64_t samples)
{
	size_t channels = channels_of(s), c;
	uint64_t second = rate_of(s);
	uint8_t *data = malloc(samples * channels * 2), *p = data;
	uint32_t voice = timbre(text_of(s));
	uint64_t i, at;

	for (i = 0; i < samples; i++) {
		at = s->whole == UINT64_MAX ? (s->made + i) % second
					    : s->made + i;
		for (c = 0; c < channels; c++, p += 2)
			le16_put(p, (uint16_t)sample_of(voice, at));
	}
	send_frame(s, FRAME_PCM, data, samples * channels * 2);
	free(data);
	s->made += samples;
}

/* Past half of its sound, or some of it where that has no end. */
static bool
is_in_midst(const struct speaker *s)
{
	return s->made >= (s->whole == UINT64_MAX ? rate_of(s) : s->whole / 2);
}

static void
send_nonsense(struct speaker *s)
{
	static const uint8_t huge[] = { 0, 0, 0, 0x40, 'P' };
	static const uint8_t half[] = { 100, 0, 0, 0, 'P', 1, 2 };

	switch (s->fault) {
	case FAULT_GARBAGE:
		peer_puts(proc_out(s->process), "Traceback (most recent");
		break;
	case FAULT_HUGE_FRAME:
		peer_write(proc_out(s->process), huge, sizeof(huge));
		break;
	case FAULT_HALF_FRAME:
		peer_write(proc_out(s->process), half, sizeof(half));
		proc_die(s->process, 11);
		break;
	case FAULT_HALF_SAMPLE:
		send_text(s, FRAME_PCM, "x");
		break;
	case FAULT_WRONG_FRAME:
		send_text(s, FRAME_JOB, "{}");
		break;
	default:
		send_text(s, FRAME_MARK, "no JSON");
		break;
	}
}

/* Does what goes wrong before the next sound; false where nothing does. */
static bool
go_wrong(struct speaker *s)
{
	switch (s->fault) {
	case FAULT_DIES_AT_JOB:
		proc_die(s->process, 11);
		return true;
	case FAULT_SILENT:
		return true;
	case FAULT_STUCK:
		/* It is stuck once, so that the test may end it. */
		timer_at(s->timer, INT64_MAX);
		proc_set_stuck(s->process, true);
		return true;
	case FAULT_ERROR:
		send_error(s);
		end_job(s);
		return true;
	default:
		break;
	}
	if (!is_in_midst(s))
		return false;
	switch (s->fault) {
	case FAULT_DIES_MID_SOUND:
		proc_die(s->process, 11);
		return true;
	case FAULT_HOLDS_PIPES:
		proc_hold_pipes(s->process);
		proc_exit(s->process, 1);
		return true;
	case FAULT_ERROR_MID_SOUND:
		send_error(s);
		end_job(s);
		return true;
	case FAULT_SILENT_MID_SOUND:
		return true;
	case FAULT_GARBAGE:
	case FAULT_HUGE_FRAME:
	case FAULT_HALF_FRAME:
	case FAULT_HALF_SAMPLE:
	case FAULT_WRONG_FRAME:
	case FAULT_BROKEN_MARK:
		send_nonsense(s);
		return true;
	default:
		return false;
	}
}

static void
finish(struct speaker *s)
{
	if (s->fault == FAULT_DIES_BEFORE_END) {
		proc_die(s->process, 6);
		return;
	}
	send_end(s);
	if (s->fault == FAULT_END_TWICE)
		send_end(s);
	end_job(s);
}

static void
speak_on(struct speaker *s)
{
	uint64_t n = (uint64_t)SPEAKER_CHUNK_MS * rate_of(s) / 1000;

	timer_at(s->timer,
	    clock_now_ns() + SPEAKER_CHUNK_MS * NS_PER_MS * 100 / studio.speed);
	if (peer_is_held_up(proc_out(s->process)) || go_wrong(s))
		return;
	if (n > s->whole - s->made)
		n = s->whole - s->made;
	while (send_mark(s, n))
		if (s->fault == FAULT_DIES_AFTER_MARK && is_in_midst(s)) {
			proc_die(s->process, 11);
			return;
		}
	if (n > 0)
		send_sound(s, n);
	else
		finish(s);
}

static void
begin_job(struct speaker *s, const struct frame *f)
{
	assert(s->job == NULL);
	s->job = json_loadb((const char *)f->payload, f->len, 0, NULL);
	assert(s->job);
	studio.jobs++;
	s->made = s->word = 0;
	s->whole = json_is_true(json_object_get(s->job, "loop"))
		       ? UINT64_MAX
		       : speaker_samples(text_of(s), rate_of(s));
	s->fault = take_fault(s->engine, FAULT_DIES_AT_JOB, FAULT_COUNT);
	timer_at(s->timer, clock_now_ns());
}

static void
take_frame(struct speaker *s, const struct frame *f)
{
	bool silent = s->fault == FAULT_SILENT || s->fault == FAULT_STUCK;

	if (f->type == FRAME_JOB) {
		begin_job(s, f);
	} else if (f->type == FRAME_CANCEL && s->job && !silent) {
		send_end(s);
		end_job(s);
	}
}

static void
in_data(void *arg, const uint8_t *data, size_t len)
{
	struct speaker *s = arg;
	struct frame f;
	int n;

	if (proc_has_ended(s->process))
		return;
	assert(buf_put(&s->in, data, len) == 0);
	while ((n = frame_parse(buf_data(&s->in), buf_len(&s->in), &f)) > 0) {
		take_frame(s, &f);
		buf_consume(&s->in, (size_t)n);
	}
	assert(n == 0);
}

static void
in_ended(void *arg, int err)
{
	struct speaker *s = arg;

	(void)err;
	if (s->fault != FAULT_STUCK)
		proc_exit(s->process, 0);
}

static const struct stream_events in_events = { .data = in_data,
	.ended = in_ended };

static void
greet(struct speaker *s)
{
	s->warm = true;
	switch (s->fault) {
	case FAULT_DIES_AT_ONCE:
		proc_exit(s->process, 69);
		break;
	case FAULT_NEVER_READY:
		break;
	case FAULT_WRONG_HELLO:
		send_hello(s, FRAME_PROTOCOL + 1);
		break;
	case FAULT_EMPTY_HELLO:
		send_text(s, FRAME_HELLO, "");
		break;
	case FAULT_EARLY_SOUND:
		send_text(s, FRAME_PCM, "abcd");
		break;
	default:
		send_hello(s, FRAME_PROTOCOL);
		break;
	}
}

static void
speaker_goes_on(void *arg)
{
	struct speaker *s = arg;

	if (proc_has_ended(s->process))
		return;
	if (s->warm)
		speak_on(s);
	else
		greet(s);
}

/* ---- its life --------------------------------------------------------- */

static void
speaker_freed(void *self, struct process *p)
{
	struct speaker *s = self;

	(void)p;
	timer_free(s->timer);
	buf_done(&s->in);
	json_decref(s->job);
	free(s);
}

static void
unstick(void *self, struct process *p)
{
	(void)self;
	proc_die(p, 9);
}

static const struct fake_program program = { .freed = speaker_freed,
	.killed = unstick };

static int
spawned(void *arg, struct process *p)
{
	const char *engine = strrchr(proc_argv(p)[0], '/') + 1;
	enum fault fault;
	struct speaker *s;

	(void)arg;
	if (fake_reads_file(p))
		return 0;
	fault = take_fault(engine, FAULT_NO_SPAWN, FAULT_EARLY_SOUND);
	if (fault == FAULT_NO_SPAWN)
		return ERR_NO_FILES;
	if (clerk_takes(p))
		return 0;
	s = calloc(1, sizeof(*s));
	s->process = p;
	s->engine = engine;
	s->fault = fault;
	buf_init(&s->in, IN_MAX);
	timer_new(NULL, TIMER_COARSE, speaker_goes_on, s, &s->timer);
	proc_set_program(p, &program, s);
	stream_set_owner(proc_in(p), &in_events, s);
	timer_at(s->timer, clock_now_ns() + studio.warm_up_ns);
	if (fault == FAULT_NO_PROGRAM)
		proc_cannot_run(p, ERR_NOT_FOUND);
	return 0;
}

void
speakers_begin(void)
{
	memset(&studio, 0, sizeof(studio));
	studio.speed = 400;
	fake_on_spawn(spawned, NULL);
}
