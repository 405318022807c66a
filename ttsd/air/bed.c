#include "ttsd/air/bed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "ttsd/pool/succession.h"

/* At most so many bytes are held: what is ahead, and a whole frame behind it.
 */
#define PCM_MAX (4 * 1024 * 1024)

static size_t
sample_bytes(const struct bed *b)
{
	return sizeof(int16_t) * b->format.channels;
}

static size_t
ahead_bytes(const struct bed *b)
{
	return (size_t)b->format.rate_hz * BED_AHEAD_MS / 1000 *
	       sample_bytes(b);
}

/* Ducking, too, is no click. */
static uint32_t
duck_samples(const struct bed_format *format, int64_t ns)
{
	if (ns < FADE_MS * NS_PER_MS)
		ns = FADE_MS * NS_PER_MS;
	return (uint32_t)(ns * format->rate_hz / NS_PER_S);
}

int
bed_init(struct bed *b, const char *channel, struct engine *engine,
    const struct bed_format *format, const struct bed_ducking *ducking)
{
	double low = pow(10, (double)ducking->db / 20);

	*b = (struct bed){ .format = *format,
		.engine = engine,
		.channel = channel,
		.volume = 100 };
	level_init(&b->level, format->rate_hz, 65536);
	duck_init(&b->duck, (uint32_t)(65536 * low + 0.5),
	    duck_samples(format, ducking->attack_ns),
	    duck_samples(format, ducking->release_ns));
	fade_init(&b->fade, format->rate_hz);
	fade_none(&b->fade);
	buf_init(&b->pcm, PCM_MAX);
	return tail_init(&b->tail, format->rate_hz, format->channels);
}

/* How much music is held, in samples of all channels. */
static uint64_t
bed_held(const struct bed *b)
{
	return buf_len(&b->pcm) / sample_bytes(b);
}

/* The music that is held, to be changed in place. */
static int16_t *
bed_music(struct bed *b)
{
	return (int16_t *)(uintptr_t)buf_data(&b->pcm);
}

static void
bed_stop(struct bed *b)
{
	job_cancel(b->job);
	b->job = NULL;
	buf_clear(&b->pcm);
	fade_none(&b->fade);
}

/* What was heard so far fades out before what follows. */
static void
bed_cut(struct bed *b)
{
	uint64_t n = fade_silent(&b->fade) ? 0 : bed_held(b);
	size_t values;

	if (n > b->tail.length)
		n = b->tail.length;
	values = n * b->format.channels;
	mix_scale(
	    bed_music(b), values, (uint32_t)(b->level.gain >> GAIN_SHIFT));
	mix_scale(bed_music(b), values, (uint32_t)(b->duck.gain >> GAIN_SHIFT));
	tail_add(&b->tail, bed_music(b), n, &b->fade);
	bed_stop(b);
}

void
bed_rest(struct bed *b)
{
	bed_stop(b);
	b->tail.left = 0;
}

void
bed_done(struct bed *b)
{
	bed_rest(b);
	free(b->clip);
	b->clip = NULL;
	buf_done(&b->pcm);
	tail_done(&b->tail);
}

void
bed_change(struct bed *b, char **clip)
{
	char *old = b->clip;

	bed_cut(b);
	b->clip = *clip;
	*clip = old;
	b->ailing = false;
	b->retry_ns = 0;
}

int
bed_set(struct bed *b, const char *clip)
{
	char *copy = clip ? strdup(clip) : NULL;

	if (clip && copy == NULL)
		return ERR_NOMEM;
	bed_change(b, &copy);
	free(copy);
	return 0;
}

void
bed_set_volume(struct bed *b, uint32_t percent)
{
	uint32_t gain = percent * 65536 / 100;

	b->volume = percent;
	if (fade_silent(&b->fade))
		level_init(&b->level, b->format.rate_hz, gain);
	else
		level_set(&b->level, gain);
}

/* Ends a try that failed; another follows after a while. */
static void
bed_fail(struct bed *b, const char *why)
{
	b->retry_ns = clock_now_ns() + BED_RETRY_NS;
	if (!b->ailing)
		log_warning("channel=%s bed=%s failed reason=%s; the stream "
			    "goes on without it and it is tried again",
		    b->channel, log_quote(b->clip), log_quote(why));
	b->ailing = true;
}

static void
pcm_made(void *arg, const uint8_t *data, size_t len)
{
	struct bed *b = arg;

	int rc = buf_put(&b->pcm, data, len);

	if (rc < 0) {
		bed_rest(b);
		bed_fail(b, err_text(rc));
		return;
	}
	b->ailing = false;
	if (buf_len(&b->pcm) >= ahead_bytes(b))
		job_hold(b->job, true);
}

static void
mark_made(void *arg, json_t *mark)
{
	(void)arg;
	(void)mark;
}

static void
job_ended(void *arg, const struct failure *failure)
{
	struct bed *b = arg;

	b->job = NULL;
	b->retry_ns = clock_now_ns() + BED_RETRY_NS;
	if (failure)
		bed_fail(b, failure->text);
	b->ailing = true;
}

static const struct job_events job_events = {
	.pcm = pcm_made, .mark = mark_made, .done = job_ended
};

void
bed_advance(struct bed *b, int64_t now_ns)
{
	struct speech speech = { .text = "", .loop = true };
	const struct job_order order = { .speech = &speech,
		.rate_hz = b->format.rate_hz,
		.channels = b->format.channels };

	if (b->clip == NULL)
		return;
	speech_parameters_unset(&speech.parameters);
	speech.parameters.voice = b->clip;
	if (b->job == NULL && now_ns >= b->retry_ns) {
		/* The engine that was lost left too little to be heard. */
		if (fade_silent(&b->fade))
			buf_clear(&b->pcm);
		b->retry_ns = now_ns + BED_RETRY_NS;
		if (engine_submit(b->engine, &order, &job_events, b, &b->job) <
		    0)
			bed_fail(b, "out of memory");
	} else if (b->job && buf_len(&b->pcm) < ahead_bytes(b) / 2) {
		job_hold(b->job, false);
	}
}

void
bed_take_over(struct bed *b, const json_t *job)
{
	job_take_over(b->engine, job, NULL, &job_events, b, &b->job);
}

/* Plays only what can be faded out before it ends: nobody says beforehand when
 * an engine makes no more. What is hushed waits where it is. */
static void
bed_steer(struct bed *b, uint64_t count)
{
	if (b->hushed || bed_held(b) < count + b->fade.length)
		fade_out(&b->fade);
	else
		fade_in(&b->fade);
}

void
bed_mix(struct bed *b, int16_t *out, uint64_t count, bool speaking)
{
	unsigned channels = b->format.channels;
	uint64_t n;

	tail_mix(&b->tail, out, count);
	/* The old music ends before the new begins: both at once would make
	 * larger steps than either. */
	if (b->clip == NULL || b->tail.left > 0)
		return;
	bed_steer(b, count);
	n = fade_audible(&b->fade);
	if (n > count)
		n = count;
	if (n > bed_held(b))
		n = bed_held(b);
	if (n == 0)
		return;
	level_apply(&b->level, bed_music(b), n, channels);
	duck_apply(&b->duck, speaking, bed_music(b), n, channels);
	fade_apply(&b->fade, bed_music(b), n, channels);
	mix_add(out, bed_music(b), n * channels);
	/* The fades were applied in place, for what is mixed is consumed. */
	buf_consume(&b->pcm, n * sample_bytes(b));
}
