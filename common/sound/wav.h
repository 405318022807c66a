/*
 * WAV: the header of our endless streams, and the format in those that other
 * programs write.
 *
 * Source: Microsoft RIFF/WAVE, "Multiple Channel Audio Data and WAVE Files".
 * ffmpeg takes a size of 0 or 0xFFFFFFFF as endless, and any other size as the
 * end of the stream (measured with 5.1.9).
 */
#ifndef COMMON_SOUND_WAV_H
#define COMMON_SOUND_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAV_HEADER_BYTES 44
#define WAV_TAG_PCM 1
#define WAV_TAG_FLOAT 3

struct wav_format {
	uint32_t rate_hz;
	uint16_t channels;
	uint16_t bits; /* per sample */
	uint16_t tag;  /* WAV_TAG_PCM: integers, WAV_TAG_FLOAT: IEEE */
};

/* Writes the header of an endless s16le stream. */
void wav_header(
    uint8_t out[WAV_HEADER_BYTES], uint32_t rate_hz, uint16_t channels);

/* Reads what is in a "fmt " chunk. ERR_INVALID where that is no format. */
int wav_fmt(const uint8_t *p, size_t len, struct wav_format *out);

#endif
