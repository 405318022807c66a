#include "ttsd/engines/sound/sample.h"

#include <string.h>

#include "common/le.h"
#include "ttsd/engines/kit/kit_audio.h"

bool
sample_known(const struct wav_format *f)
{
	if (f->tag == WAV_TAG_FLOAT)
		return f->bits == 32;
	return f->tag == WAV_TAG_PCM && (f->bits == 8 || f->bits == 16 ||
					    f->bits == 24 || f->bits == 32);
}

/* The upper half, rounded. */
static int16_t
upper_half(int32_t v)
{
	int64_t half = ((int64_t)v + 0x8000) >> 16;

	return (int16_t)(half > INT16_MAX ? INT16_MAX : half);
}

static int16_t
from_float(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return kit_audio_sample(f);
}

int16_t
sample_at(const uint8_t *p, const struct wav_format *f)
{
	if (f->tag == WAV_TAG_FLOAT)
		return from_float(le32_get(p));
	switch (f->bits) {
	case 8:
		return (int16_t)((p[0] - 128) * 256);
	case 16:
		return (int16_t)le16_get(p);
	case 24:
		return upper_half((int32_t)((uint32_t)le16_get(p) << 8 |
					    (uint32_t)p[2] << 24));
	default:
		return upper_half((int32_t)le32_get(p));
	}
}
