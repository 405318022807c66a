#include "ttsd/engines/kit/kit_wav.h"

#include <string.h>

#include "common/err.h"
#include "common/le.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_audio.h"

#define TAG_INTEGER 1
#define TAG_FLOAT 3
#define ENDLESS 0xffffffffu
/* Sample frames that are converted at a time. */
#define BLOCK 512
/* Bytes of kit_wav_put() that are taken in at a time. */
#define PIECE 16384

void
kit_wav_init(struct kit_wav *w, enum kit_wav_mode mode, unsigned rate_hz,
    unsigned channels)
{
	*w = (struct kit_wav){
		.mode = mode,
		.format = { rate_hz, (uint16_t)channels, 16, TAG_INTEGER },
		.left = UINT64_MAX,
	};
	buf_init(&w->held, WAV_READER_MAX + 2 * PIECE);
}

void
kit_wav_done(struct kit_wav *w)
{
	buf_done(&w->held);
}

static int16_t
clip(int64_t v)
{
	return (int16_t)(v > INT16_MAX   ? INT16_MAX
			 : v < INT16_MIN ? INT16_MIN
					 : v);
}

static int16_t
from_float(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return kit_audio_sample(f);
}

static int16_t
sample_at(const uint8_t *p, const struct wav_format *f)
{
	int32_t v;

	if (f->tag == TAG_FLOAT)
		return from_float(le32_get(p));
	switch (f->bits) {
	case 8:
		return (int16_t)((p[0] - 128) * 256);
	case 16:
		return (int16_t)le16_get(p);
	case 24:
		v = (int32_t)((uint32_t)le16_get(p) << 8 | (uint32_t)p[2]
							       << 24);
		return clip(((int64_t)v + 0x8000) >> 16);
	default:
		v = (int32_t)le32_get(p);
		return clip(((int64_t)v + 0x8000) >> 16);
	}
}

static bool
known_format(const struct wav_format *f)
{
	if (f->tag == TAG_FLOAT)
		return f->bits == 32;
	return f->tag == TAG_INTEGER && (f->bits == 8 || f->bits == 16 ||
					    f->bits == 24 || f->bits == 32);
}

static int
kit_wav_begin(struct kit_wav *w)
{
	const struct wav_format *f = &w->format;

	w->begun = true;
	if (!known_format(f))
		return kit_fail(KIT_FAILED,
		    "WAV with format tag %u and %u bits; known are integers "
		    "of 8, 16, 24, 32 bits and floats of 32",
		    f->tag, f->bits);
	if (kit_format(f->rate_hz, f->channels) < 0)
		return kit_fail(KIT_FAILED,
		    "sound with %u Hz and %u channels; known are %d to %d Hz "
		    "and up to %d channels",
		    f->rate_hz, f->channels, KIT_RATE_MIN, KIT_RATE_MAX,
		    KIT_CHANNELS_MAX);
	return 0;
}

/* Files that would make terrible noise as raw samples. */
static const char *
other_format(const uint8_t *p, size_t len)
{
	static const struct {
		char magic[5];
		const char *name;
	} table[] = {
		{ "OggS", "Ogg" },
		{ "fLaC", "FLAC" },
		{ "ID3\3", "MP3" },
		{ "ID3\4", "MP3" },
		{ "RF64", "RF64" },
		{ "FORM", "AIFF" },
		{ ".snd", "Sun audio" },
	};
	size_t i, n;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		n = strlen(table[i].magic);
		if (len >= n && memcmp(p, table[i].magic, n) == 0)
			return table[i].name;
	}
	return NULL;
}

/* Returns 1 when the format is known, 0 when that takes more bytes. */
static int
detect(struct kit_wav *w, bool at_end)
{
	const uint8_t *p = buf_data(&w->held);
	size_t len = buf_len(&w->held);
	struct wav_format format = { 0 };
	const char *other;
	int rc = ERR_INVALID;

	if (len == 0)
		return 0;
	if (w->mode != KIT_WAV_RAW)
		rc = wav_parse(p, len, &format);
	if (rc == 0 && !at_end)
		return 0;
	if (rc > 0) {
		w->format = format;
		w->left = le32_get(p + rc - 4);
		if (w->left == 0 || w->left == ENDLESS)
			w->left = UINT64_MAX;
		buf_consume(&w->held, (size_t)rc);
	} else if (w->mode == KIT_WAV_ONLY ||
		   (len >= 4 && w->mode == KIT_WAV_AUTO &&
		       memcmp(p, "RIFF", 4) == 0)) {
		return kit_fail(KIT_FAILED, "no usable WAV header");
	} else if (w->mode == KIT_WAV_AUTO) {
		if (len < 4 && !at_end)
			return 0;
		other = other_format(p, len);
		if (other)
			return kit_fail(KIT_FAILED,
			    "%s where WAV or raw s16le is wanted", other);
	}
	rc = kit_wav_begin(w);
	return rc < 0 ? rc : 1;
}

/* Passes on whole sample frames. */
static int
convert(struct kit_wav *w)
{
	size_t step = w->format.bits / 8u, i;
	size_t frame = step * w->format.channels, n;
	int16_t samples[BLOCK * KIT_CHANNELS_MAX];
	const uint8_t *p;
	int rc;

	for (;;) {
		n = buf_len(&w->held);
		if (n > w->left)
			n = (size_t)w->left;
		n /= frame;
		if (n == 0)
			break;
		if (n > BLOCK)
			n = BLOCK;
		p = buf_data(&w->held);
		for (i = 0; i < n * w->format.channels; i++)
			samples[i] = sample_at(p + i * step, &w->format);
		buf_consume(&w->held, n * frame);
		if (w->left != UINT64_MAX)
			w->left -= n * frame;
		w->frames += n;
		rc = kit_pcm(samples, n);
		if (rc < 0)
			return rc;
	}
	/* The data is over: what follows is another chunk. */
	if (w->left < frame)
		buf_clear(&w->held);
	return 0;
}

int
kit_wav_put(struct kit_wav *w, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t n;
	int rc;

	for (; len > 0; len -= n, p += n) {
		n = len < PIECE ? len : PIECE;
		rc = buf_put(&w->held, p, n);
		if (rc < 0)
			return rc;
		if (!w->begun) {
			rc = detect(w, false);
			if (rc < 0)
				return rc;
		}
		if (w->begun) {
			rc = convert(w);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

int
kit_wav_end(struct kit_wav *w)
{
	int rc;

	if (w->begun)
		return 0;
	rc = detect(w, true);
	return rc <= 0 ? rc : convert(w);
}
