/*
 * Foreign sound to kit_pcm(): a WAV stream or raw s16le, in pieces of any
 * size, passed on as it comes.
 *
 * WAV: integers of 8 (unsigned), 16, 24 and 32 bits and 32-bit floats. A data
 * size of 0 or 0xFFFFFFFF means endless; what comes after the data is left
 * out; a stream that ends before its size says so has simply ended. Half a
 * sample frame at the end is dropped.
 */
#ifndef TTSD_ENGINES_KIT_KIT_WAV_H
#define TTSD_ENGINES_KIT_KIT_WAV_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/wav.h"

enum kit_wav_mode {
	KIT_WAV_AUTO, /* WAV if it begins like one, else raw */
	KIT_WAV_ONLY,
	KIT_WAV_RAW,
};

struct kit_wav {
	enum kit_wav_mode mode;
	struct wav_format format; /* of raw sound, or of the header */
	struct buf held;          /* bytes not yet used */
	bool begun;               /* the format is known */
	uint64_t left;            /* bytes of the data to come */
	uint64_t frames;          /* passed on */
};

/* rate_hz and channels are those of raw sound. */
void kit_wav_init(struct kit_wav *w, enum kit_wav_mode mode, unsigned rate_hz,
    unsigned channels);
void kit_wav_done(struct kit_wav *w);

/* Errors as kit_pcm(), and kit_fail() where the bytes are no sound we know. */
int kit_wav_put(struct kit_wav *w, const void *data, size_t len);

/* The stream has ended. */
int kit_wav_end(struct kit_wav *w);

#endif
