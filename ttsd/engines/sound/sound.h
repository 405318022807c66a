/*
 * Foreign sound to kit_pcm(), in pieces of any size.
 *
 * WAV is passed on as it comes: integers of 8 (unsigned), 16, 24 and 32 bits
 * and 32-bit floats, chunks of any size and order, text in front. A data size
 * of 0 or 0xFFFFFFFF means endless, and one that is longer than the stream is
 * no mistake. What comes behind the data is heard, too: another WAV of the
 * same format, or more samples; chunks and text there are left out. Half a
 * sample frame at the end is dropped.
 *
 * What libsndfile reads is kept (up to SOUND_SPOOL_MAX) and played when it is
 * whole. All else fails by its name. Only SOUND_RAW believes whatever comes:
 * else the sound fails where noise begins (din.h).
 */
#ifndef TTSD_ENGINES_SOUND_SOUND_H
#define TTSD_ENGINES_SOUND_SOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/sound/wav.h"
#include "ttsd/engines/sound/din.h"
#include "ttsd/engines/sound/kind.h"

#define SOUND_SPOOL_MAX ((size_t)64 << 20)

enum sound_mode {
	SOUND_AUTO,  /* what is recognised, and samples that begin like some */
	SOUND_KNOWN, /* what is recognised */
	SOUND_PCM,   /* what is recognised, else samples */
	SOUND_WAV,   /* WAV alone */
	SOUND_RAW,   /* samples, whatever they look like */
};

enum sound_state {
	SOUND_BEGIN,   /* what is it? */
	SOUND_TEXT,    /* text, up to a WAV */
	SOUND_CHUNKS,  /* in front of the data */
	SOUND_SKIP,    /* inside a chunk that says nothing to us */
	SOUND_SAMPLES, /* the data */
	SOUND_BEHIND,  /* the data is over */
	SOUND_CODED,   /* kept for libsndfile */
};

struct sound {
	enum sound_mode mode;
	enum sound_state state, after; /* SKIP leads to `after` */
	enum kind kind;                /* of what is there now */
	struct wav_format format;      /* given, or of the header */
	struct buf held;               /* bytes not yet used */
	bool formed;                   /* the kit knows the format */
	bool header;                   /* this WAV has told its format */
	bool padded;                   /* a byte may follow the chunk */
	uint64_t left;                 /* bytes of the data or chunk to come */
	uint64_t frames;               /* passed on */
	struct din din;
};

/* `format` is that of samples without a header. */
void sound_init(
    struct sound *s, enum sound_mode mode, const struct wav_format *format);
void sound_done(struct sound *s);

/* Errors as kit_pcm(), and kit_fail() where the bytes are no sound we know. */
int sound_put(struct sound *s, const void *data, size_t len);

/* The stream has ended. */
int sound_end(struct sound *s);

/* Bytes of data that its header promised and that did not come; 0 where it
 * promised none. */
uint64_t sound_missing(const struct sound *s);

#endif
