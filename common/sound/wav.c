#include "common/sound/wav.h"

#include <string.h>

#include "common/err.h"
#include "common/le.h"

#define ENDLESS 0xffffffffu
#define TAG_EXTENSIBLE 0xfffe
#define BYTES_PER_SAMPLE 2

void
wav_header(uint8_t out[WAV_HEADER_BYTES], uint32_t rate_hz, uint16_t channels)
{
	uint16_t block = (uint16_t)(channels * BYTES_PER_SAMPLE);

	memcpy(out, "RIFF", 4);
	le32_put(out + 4, ENDLESS);
	memcpy(out + 8, "WAVEfmt ", 8);
	le32_put(out + 16, 16);
	le16_put(out + 20, WAV_TAG_PCM);
	le16_put(out + 22, channels);
	le32_put(out + 24, rate_hz);
	le32_put(out + 28, rate_hz * block);
	le16_put(out + 32, block);
	le16_put(out + 34, BYTES_PER_SAMPLE * 8);
	memcpy(out + 36, "data", 4);
	le32_put(out + 40, ENDLESS);
}

int
wav_fmt(const uint8_t *p, size_t len, struct wav_format *out)
{
	*out = (struct wav_format){ 0 };
	if (len < 16)
		return ERR_INVALID;
	out->tag = le16_get(p);
	out->channels = le16_get(p + 2);
	out->rate_hz = le32_get(p + 4);
	out->bits = le16_get(p + 14);
	/* The extensible form keeps the real tag in its sub-format GUID. */
	if (out->tag == TAG_EXTENSIBLE && len >= 26)
		out->tag = le16_get(p + 24);
	if (out->channels == 0 || out->rate_hz == 0 || out->bits == 0)
		return ERR_INVALID;
	return 0;
}
