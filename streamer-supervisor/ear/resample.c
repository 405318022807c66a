#include "streamer-supervisor/ear/resample.h"

#include <soxr.h>

#include "common/err.h"
#include "common/le.h"
#include "streamer-supervisor/ear/compare/track.h"

/* Frames at a time. */
#define BLOCK 512
/* The delay that it needs is half that of the default, as in engines' kit. */
#define LOG2_TRANSFORM 8

int
resample_begin(struct resample *r, uint32_t rate_hz, unsigned channels)
{
	soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
	soxr_quality_spec_t quality = soxr_quality_spec(SOXR_LQ, 0);
	soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
	soxr_error_t error = NULL;

	resample_done(r);
	r->rate_hz = rate_hz;
	r->channels = channels;
	if (rate_hz == TRACK_HZ)
		return 0;
	io.flags |= SOXR_NO_DITHER;
	runtime.log2_min_dft_size = LOG2_TRANSFORM;
	runtime.log2_large_dft_size = LOG2_TRANSFORM;
	r->soxr =
	    soxr_create(rate_hz, TRACK_HZ, 1, &error, &io, &quality, &runtime);
	if (error == NULL && r->soxr)
		return 0;
	resample_done(r);
	return ERR_NOMEM;
}

void
resample_done(struct resample *r)
{
	if (r->soxr)
		soxr_delete(r->soxr);
	*r = (struct resample){ 0 };
}

static int16_t
frame_mono(const uint8_t *frame, unsigned channels)
{
	int sum = 0;
	unsigned c;

	for (c = 0; c < channels; c++)
		sum += (int16_t)le16_get(frame + 2 * (size_t)c);
	return (int16_t)(sum / (int)channels);
}

static int
block_feed(struct resample *r, const int16_t *mono, size_t n,
    resample_sink *sink, void *arg)
{
	int16_t out[BLOCK * 2];
	size_t used = 0, made = 0;

	if (r->soxr == NULL) {
		sink(arg, mono, n, 0);
		return 0;
	}
	while (used < n || made > 0) {
		size_t took = 0;

		if (soxr_process(r->soxr, mono + used, n - used, &took, out,
			sizeof(out) / sizeof(*out), &made) != NULL)
			return ERR_NOMEM;
		used += took;
		if (made > 0)
			sink(arg, out, made, (size_t)soxr_delay(r->soxr));
	}
	return 0;
}

int
resample_feed(struct resample *r, const uint8_t *data, size_t frames,
    resample_sink *sink, void *arg)
{
	int16_t mono[BLOCK];
	size_t n, i;
	int rc = 0;

	for (; rc == 0 && frames > 0; frames -= n) {
		n = frames < BLOCK ? frames : BLOCK;
		for (i = 0; i < n; i++, data += 2 * (size_t)r->channels)
			mono[i] = frame_mono(data, r->channels);
		rc = block_feed(r, mono, n, sink, arg);
	}
	return rc;
}

uint64_t
resample_position(const struct resample *r, uint64_t sample)
{
	/* By whole seconds, so that no product can overflow. */
	return sample / r->rate_hz * TRACK_HZ +
	       sample % r->rate_hz * TRACK_HZ / r->rate_hz;
}
