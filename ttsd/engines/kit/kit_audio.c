#include "ttsd/engines/kit/kit_audio.h"

#include <math.h>
#include <soxr.h>
#include <string.h>

#include "common/err.h"
#include "ttsd/engines/kit/kit.h"

/* Frames at a time; bounds the buffers on the stack. */
#define BLOCK 512
#define BLOCK_SAMPLES (BLOCK * KIT_CHANNELS_MAX)

/* 20 bits are more than 16-bit samples can show, and VHQ would look ahead
 * twice as far. Short transforms halve the sound that is needed before the
 * first sample comes out (measured: 23 ms instead of 46 at 22,050 Hz) for a
 * quarter more work (2.2 ms for 10 s). No dither: silence stays silence, and
 * the same job gives the same bytes. */
#define RECIPE SOXR_HQ
#define LOG2_TRANSFORM 8

int16_t
kit_audio_sample(float f)
{
	if (isnan(f))
		return 0;
	f *= 32768.0f;
	return f >= 32767.0f    ? INT16_MAX
	       : f <= -32768.0f ? INT16_MIN
				: (int16_t)lrintf(f);
}

int
kit_audio_init(struct kit_audio *a, struct kit_audio_format in,
    struct kit_audio_format out)
{
	soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
	soxr_quality_spec_t quality = soxr_quality_spec(RECIPE, 0);
	soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
	soxr_error_t error = NULL;

	kit_audio_done(a);
	a->in = in;
	a->out = out;
	a->mid = in.channels < out.channels ? in.channels : out.channels;
	if (in.rate_hz == out.rate_hz)
		return 0;
	io.flags |= SOXR_NO_DITHER;
	runtime.log2_min_dft_size = LOG2_TRANSFORM;
	runtime.log2_large_dft_size = LOG2_TRANSFORM;
	a->soxr = soxr_create(
	    in.rate_hz, out.rate_hz, a->mid, &error, &io, &quality, &runtime);
	if (error == NULL && a->soxr)
		return 0;
	kit_audio_done(a);
	return ERR_NOMEM;
}

void
kit_audio_done(struct kit_audio *a)
{
	if (a->soxr)
		soxr_delete(a->soxr);
	*a = (struct kit_audio){ 0 };
}

uint64_t
kit_audio_position(const struct kit_audio *a, uint64_t sample)
{
	uint64_t in = a->in.rate_hz, out = a->out.rate_hz;

	/* It counts by whole seconds, so that no product can overflow. */
	return sample / in * out + (2 * (sample % in) * out + in) / (2 * in);
}

static int16_t
average(const int16_t *frame, unsigned from, unsigned to, unsigned channel)
{
	int sum = 0, count = 0;
	unsigned i;

	for (i = channel; i < from; i += to) {
		sum += frame[i];
		count++;
	}
	sum += sum < 0 ? -(count / 2) : count / 2;
	return (int16_t)(sum / count);
}

static void
map(const int16_t *in, unsigned from, int16_t *out, unsigned to, size_t frames)
{
	unsigned c;

	for (; frames > 0; frames--, in += from) {
		for (c = 0; c < to; c++) {
			*out++ = from <= to ? in[c % from]
					    : average(in, from, to, c);
		}
	}
}

/* Samples in the output rate and `mid` channels. */
static int
deliver(struct kit_audio *a, const int16_t *samples, size_t frames,
    kit_audio_sink *sink, void *ctx)
{
	int16_t wide[BLOCK_SAMPLES];

	if (frames == 0)
		return 0;
	a->out_frames += frames;
	if (a->mid == a->out.channels)
		return sink(ctx, samples, frames);
	map(samples, a->mid, wide, a->out.channels, frames);
	return sink(ctx, wide, frames);
}

static int
resample(struct kit_audio *a, const int16_t *samples, size_t frames,
    kit_audio_sink *sink, void *ctx)
{
	int16_t made[BLOCK_SAMPLES];
	size_t used, got;
	int rc;

	do {
		if (soxr_process(
			a->soxr, samples, frames, &used, made, BLOCK, &got))
			return ERR_NOMEM;
		samples += used * a->mid;
		frames -= used;
		rc = deliver(a, made, got, sink, ctx);
		if (rc < 0)
			return rc;
	} while (frames > 0 || got == BLOCK);
	return 0;
}

int
kit_audio_put(struct kit_audio *a, const int16_t *samples, size_t frames,
    kit_audio_sink *sink, void *ctx)
{
	int16_t narrow[BLOCK_SAMPLES];
	const int16_t *mid;
	size_t n;
	int rc;

	a->in_frames += frames;
	for (; frames > 0; frames -= n, samples += n * a->in.channels) {
		n = frames < BLOCK ? frames : BLOCK;
		mid = samples;
		if (a->mid != a->in.channels) {
			map(samples, a->in.channels, narrow, a->mid, n);
			mid = narrow;
		}
		rc = a->soxr ? resample(a, mid, n, sink, ctx)
			     : deliver(a, mid, n, sink, ctx);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int
kit_audio_end(struct kit_audio *a, kit_audio_sink *sink, void *ctx)
{
	int16_t made[BLOCK_SAMPLES];
	uint64_t total = a->soxr ? kit_audio_position(a, a->in_frames) : 0;
	size_t got, n;
	int rc;

	while (a->out_frames < total) {
		n = total - a->out_frames < BLOCK
			? (size_t)(total - a->out_frames)
			: BLOCK;
		if (soxr_process(a->soxr, NULL, 0, NULL, made, n, &got))
			return ERR_NOMEM;
		if (got == 0) { /* never seen; the total is a promise */
			memset(made, 0, sizeof(made));
			got = n;
		}
		rc = deliver(a, made, got, sink, ctx);
		if (rc < 0)
			return rc;
	}
	return 0;
}
