/*
 * WAV: the header of our endless streams, and a streaming reader of the
 * headers that other programs write.
 *
 * Source: Microsoft RIFF/WAVE, "Multiple Channel Audio Data and WAVE Files".
 * Sizes of 0xFFFFFFFF mean "endless" to ffmpeg (FIELD-NOTES).
 */
#ifndef COMMON_WAV_H
#define COMMON_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAV_HEADER_BYTES 44
/* Bytes that may come before the samples; a longer header is an error. */
#define WAV_READER_MAX (64 * 1024)

struct wav_format {
	uint32_t rate_hz;
	uint16_t channels;
	uint16_t bits; /* per sample */
	uint16_t tag;  /* 1: integer PCM, 3: IEEE float */
};

/* Header of an endless s16le stream. */
void wav_header(
    uint8_t out[WAV_HEADER_BYTES], uint32_t rate_hz, uint16_t channels);

/* Reads the header from the front of `data`. Returns the number of bytes
 * before the first sample, 0 when more bytes are needed, ERR_INVALID when
 * this is no WAV header (or has no format before its data), ERR_TOO_LONG
 * past WAV_READER_MAX. */
int wav_parse(const uint8_t *data, size_t len, struct wav_format *out);

#endif
