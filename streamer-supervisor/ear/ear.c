#include "streamer-supervisor/ear/ear.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "streamer-supervisor/channel/events.h"
#include "streamer-supervisor/channel/sound.h"
#include "streamer-supervisor/ear/compare/compare.h"
#include "streamer-supervisor/ear/reader.h"
#include "streamer-supervisor/ear/receipts.h"
#include "streamer-supervisor/ear/resample.h"
#include "streamer-supervisor/ear/words.h"

#define JUDGE_EVERY_NS (250 * NS_PER_MS)
/* What is heard is told so often at least. */
#define TELL_EVERY_NS NS_PER_S

struct ear {
	const struct ear_settings *settings;
	struct loop *loop;
	struct sound *sound;
	struct events *events;
	struct reader *reader;
	struct timer *timer;
	int64_t judge_ns;
	struct resample resample;
	unsigned frame_bytes;
	bool placed;           /* ttsd told the number of the first sample: */
	uint64_t first_sample; /* … this, of what is compared */
	struct compare compare;
	struct receipts receipts;
	char told[400];  /* the last EAR_HEARD */
	int64_t told_ns; /* and when */
};

/* ---- what it says ------------------------------------------------------ */

/* Rounds, so that a line tells no more than is known. */
static json_t *
rounded(float value, float unit)
{
	return json_real(round((double)value / (double)unit) * (double)unit);
}

static void
say(const char *word, json_t *o)
{
	char *text = body_text(o);

	if (text) {
		printf("%s%s\n", word, text);
		fflush(stdout);
	}
	free(text);
	json_decref(o);
}

static void
tell_heard(struct ear *e, int64_t now_ns)
{
	const struct compare *c = &e->compare;
	json_t *o = json_object();
	char *text;

	body_put(&o, "state", json_string(heard_state_name(compare_state(c))));
	body_put(&o, "delay_ms", json_integer(compare_delay_ms(c)));
	body_put(&o, "level_db", rounded(compare_level_db(c), 1));
	body_put(
	    &o, "drop_outs", json_integer((json_int_t)compare_drop_outs(c)));
	body_put(&o, "why", json_string(reader_why(e->reader)));
	text = body_text(o);
	if (text && (strcmp(text, e->told) != 0 ||
			now_ns - e->told_ns >= TELL_EVERY_NS)) {
		snprintf(e->told, sizeof(e->told), "%s", text);
		e->told_ns = now_ns;
		say(EAR_HEARD, json_incref(o));
	}
	free(text);
	json_decref(o);
}

static void
tell_receipt(void *arg, const struct receipt *r)
{
	json_t *o = json_object();

	(void)arg;
	body_put(&o, "id", json_integer((json_int_t)r->id));
	body_put(&o, "state", json_string(receipt_state_name(r->state)));
	if (r->state == RECEIPT_HEARD) {
		body_put(&o, "delay_ms", json_integer(r->delay_ms));
		body_put(&o, "confidence", rounded(r->confidence, 0.001f));
	} else {
		body_put(&o, "reason", json_string(r->reason));
	}
	say(EAR_RECEIPT, o);
}

static void
ear_judge(void *arg)
{
	struct ear *e = arg;
	int64_t now = clock_awake_ns();

	compare_judge(&e->compare, now);
	receipts_judge(&e->receipts, &e->compare, now);
	tell_heard(e, now);
	e->judge_ns += JUDGE_EVERY_NS;
	if (e->judge_ns < now)
		e->judge_ns = now;
	timer_at(e->timer, e->judge_ns);
}

/* ---- what is sent ------------------------------------------------------ */

static void
take_resampled(void *arg, const int16_t *samples, size_t n, size_t held)
{
	struct ear *e = arg;

	/* It was sent before the resampler let it go. */
	compare_sent(&e->compare, samples, n,
	    clock_awake_ns() - (int64_t)held * NS_PER_S / TRACK_HZ);
}

static void
sound_begun(void *arg, const struct wav_format *f, uint64_t sample, bool told)
{
	struct ear *e = arg;

	receipts_lose(&e->receipts, "the channel was read afresh");
	compare_restart(&e->compare);
	e->frame_bytes = f->channels * 2U;
	e->placed = told;
	e->first_sample = sample;
	if (resample_begin(&e->resample, f->rate_hz, f->channels) < 0)
		log_warning("the channel cannot be compared: out of memory");
}

static void
sound_samples(void *arg, const uint8_t *data, size_t len)
{
	struct ear *e = arg;

	if (e->resample.rate_hz > 0)
		resample_feed(&e->resample, data, len / e->frame_bytes,
		    take_resampled, e);
}

static void
sound_ended(void *arg)
{
	(void)arg;
}

static const struct sound_events sound_events = { sound_begun, sound_samples,
	sound_ended };

/* ---- what is said ------------------------------------------------------ */

static void
events_told(void *arg)
{
	struct ear *e = arg;

	sound_expect_word(e->sound);
}

static void
events_silent(void *arg)
{
	struct ear *e = arg;

	sound_go(e->sound);
}

static void
events_joined(void *arg, uint64_t first_sample)
{
	struct ear *e = arg;

	sound_told(e->sound, first_sample);
}

static void
events_lagging(void *arg)
{
	struct ear *e = arg;

	sound_again(e->sound);
}

static void
events_board(void *arg, const json_t *told)
{
	(void)arg;
	(void)told;
}

/* An announcement ended. One that never began left no sound. */
static void
events_event(void *arg, const json_t *event)
{
	struct ear *e = arg;
	uint64_t id = body_count(event, "id");
	uint64_t first = body_count(event, "first_sample");
	uint64_t end = body_count(event, "last_sample") + 1;

	if (json_object_get(event, "last_sample") == NULL)
		return;
	if (!e->placed || first < e->first_sample || e->resample.rate_hz == 0)
		receipts_unknown(
		    &e->receipts, id, "it began before anybody listened");
	else
		receipts_add(&e->receipts, id,
		    resample_position(&e->resample, first - e->first_sample),
		    resample_position(&e->resample, end - e->first_sample));
}

static const struct events_receiver events_receiver = { events_told,
	events_silent, events_joined, events_lagging, events_board,
	events_event };

/* ---- what comes -------------------------------------------------------- */

static void
reader_samples(void *arg, const int16_t *samples, size_t n)
{
	struct ear *e = arg;

	compare_heard(&e->compare, samples, n, clock_awake_ns());
}

static void
reader_lost(void *arg)
{
	struct ear *e = arg;

	compare_deaf(&e->compare);
}

static const struct reader_events reader_events = { reader_samples,
	reader_lost };

/* ---- what the header promises ------------------------------------------ */

static int
ear_begin(struct ear *e)
{
	const struct ear_settings *s = e->settings;
	static const char *const names[] = { "finished", NULL };
	const struct events_spec events = {
		.path = s->control, .channel = s->channel, .names = names
	};
	int rc = compare_init(&e->compare, s->delay_max_ns,
	    s->marked ? COMPARE_SILENCE_MARKED_RMS : COMPARE_SILENCE_RMS);

	if (rc == 0)
		rc = sound_new(e->loop, s->audio, &sound_events, e, &e->sound);
	if (rc == 0)
		rc = events_new(
		    e->loop, &events, &events_receiver, e, &e->events);
	if (rc == 0)
		rc = reader_new(e->loop, s->reader, s->stall_ns, &reader_events,
		    e, &e->reader);
	if (rc == 0)
		rc = timer_new(e->loop, TIMER_COARSE, ear_judge, e, &e->timer);
	if (rc == 0)
		timer_at(e->timer, e->judge_ns = clock_awake_ns());
	return rc;
}

int
ear_new(struct loop *l, const struct ear_settings *settings, struct ear **out)
{
	struct ear *e = calloc(1, sizeof(*e));
	int rc;

	*out = NULL;
	if (e == NULL)
		return ERR_NOMEM;
	*e = (struct ear){ .settings = settings, .loop = l };
	e->receipts.told = tell_receipt;
	e->receipts.arg = e;
	rc = ear_begin(e);
	if (rc < 0) {
		ear_free(e);
		return rc;
	}
	*out = e;
	return 0;
}

void
ear_finish(struct ear *e)
{
	receipts_lose(&e->receipts, "nobody listens any more");
}

void
ear_free(struct ear *e)
{
	if (e == NULL)
		return;
	timer_free(e->timer);
	reader_free(e->reader);
	events_free(e->events);
	sound_free(e->sound);
	resample_done(&e->resample);
	compare_done(&e->compare);
	free(e);
}
