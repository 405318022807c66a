#include "ttsd/air/bed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

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

void
bed_init(struct bed *b, const char *channel, struct engine *engine,
    const struct bed_format *format, const struct bed_ducking *ducking)
{
	double low = pow(10, (double)ducking->db / 20);

	*b = (struct bed){ .format = *format,
		.engine = engine,
		.channel = channel,
		.volume = 100 };
	duck_init(&b->duck, (uint32_t)(65536 * low + 0.5),
	    (uint32_t)(ducking->attack_ns * format->rate_hz / NS_PER_S),
	    (uint32_t)(ducking->release_ns * format->rate_hz / NS_PER_S));
	buf_init(&b->pcm, PCM_MAX);
}

void
bed_rest(struct bed *b)
{
	job_cancel(b->job);
	b->job = NULL;
	buf_clear(&b->pcm);
}

void
bed_done(struct bed *b)
{
	bed_rest(b);
	free(b->clip);
	b->clip = NULL;
	buf_done(&b->pcm);
}

int
bed_set(struct bed *b, const char *clip)
{
	char *copy = clip ? strdup(clip) : NULL;

	if (clip && copy == NULL)
		return ERR_NOMEM;
	bed_rest(b);
	free(b->clip);
	b->clip = copy;
	b->ailing = false;
	b->retry_ns = 0;
	return 0;
}

/* It is tried again after a while. */
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

	if (buf_put(&b->pcm, data, len) < 0) {
		bed_rest(b);
		bed_fail(b, "there is no room for its sound");
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

	if (b->clip == NULL)
		return;
	speech_parameters_unset(&speech.parameters);
	speech.parameters.voice = b->clip;
	if (b->job == NULL && now_ns >= b->retry_ns) {
		b->retry_ns = now_ns + BED_RETRY_NS;
		if (engine_submit(b->engine, &speech, b->format.rate_hz,
			b->format.channels, &job_events, b, &b->job) < 0)
			bed_fail(b, "out of memory");
	} else if (b->job && buf_len(&b->pcm) < ahead_bytes(b) / 2) {
		job_hold(b->job, false);
	}
}

void
bed_mix(struct bed *b, int16_t *out, uint64_t count, bool speaking)
{
	size_t values = count * b->format.channels, n;
	int16_t *music;

	if (b->clip == NULL)
		return;
	n = buf_len(&b->pcm) / sizeof(int16_t);
	if (n > values)
		n = values;
	n -= n % b->format.channels;
	/* The music is scaled in place, for what is mixed is consumed. */
	music = (int16_t *)(uintptr_t)buf_data(&b->pcm);
	if (n > 0) {
		mix_scale(music, n, b->volume * 65536 / 100);
		duck_apply(&b->duck, speaking, music, n / b->format.channels,
		    b->format.channels);
		mix_add(out, music, n);
		buf_consume(&b->pcm, n * sizeof(int16_t));
	}
}
