/*
 * Converts from an engine's format to the job's: rate, channels, positions.
 *
 * Pure and exact: n frames in give round(n * out_rate / in_rate) frames out,
 * aligned so that frame 0 is frame 0; where rates and channels are equal the
 * samples pass untouched.
 *
 * Channels: one goes to all; fewer than asked for are repeated in turn; more
 * are averaged, input channel i into output channel i modulo the count.
 */
#ifndef TTSD_ENGINES_KIT_KIT_AUDIO_H
#define TTSD_ENGINES_KIT_KIT_AUDIO_H

#include <stddef.h>
#include <stdint.h>

struct soxr;

struct kit_audio_format {
	unsigned rate_hz;
	unsigned channels;
};

struct kit_audio {
	struct kit_audio_format in, out;
	struct soxr *soxr; /* NULL where the rates are equal */
	unsigned mid;      /* channels that are resampled */
	uint64_t in_frames;
	uint64_t out_frames;
};

/* Takes interleaved frames in the output format; a negative value stops. */
typedef int kit_audio_sink(void *ctx, const int16_t *samples, size_t frames);

/* Makes a sample of a number from -1 to 1; what is beyond is cut, and what is
 * no number is silence. */
int16_t kit_audio_sample(float f);

/* Zeroed storage is fine to start with; a second call starts afresh. */
int kit_audio_init(struct kit_audio *a, struct kit_audio_format in,
    struct kit_audio_format out);
void kit_audio_done(struct kit_audio *a);

int kit_audio_put(struct kit_audio *a, const int16_t *samples, size_t frames,
    kit_audio_sink *sink, void *ctx);

/* The rest, up to the exact total. */
int kit_audio_end(struct kit_audio *a, kit_audio_sink *sink, void *ctx);

/* Returns where a position of the input lies in the output, rounded. */
uint64_t kit_audio_position(const struct kit_audio *a, uint64_t sample);

#endif
