#include "common/wav.h"

#include <string.h>

#include "common/err.h"
#include "common/le.h"

#define ENDLESS 0xffffffffu
#define TAG_PCM 1
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
	le16_put(out + 20, TAG_PCM);
	le16_put(out + 22, channels);
	le32_put(out + 24, rate_hz);
	le32_put(out + 28, rate_hz * block);
	le16_put(out + 32, block);
	le16_put(out + 34, BYTES_PER_SAMPLE * 8);
	memcpy(out + 36, "data", 4);
	le32_put(out + 40, ENDLESS);
}

static int
parse_fmt(const uint8_t *p, size_t len, struct wav_format *out)
{
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

int
wav_parse(const uint8_t *data, size_t len, struct wav_format *out)
{
	bool have_format = false;
	size_t at = 12, size;

	*out = (struct wav_format){ 0 };
	/* A wrong first byte is known at once; more need not be awaited. */
	if (memcmp(data, "RIFF", len < 4 ? len : 4) != 0)
		return ERR_INVALID;
	if (len < 12)
		return 0;
	if (memcmp(data + 8, "WAVE", 4) != 0)
		return ERR_INVALID;
	while (len - at >= 8) {
		size = le32_get(data + at + 4);
		if (memcmp(data + at, "data", 4) == 0)
			return have_format ? (int)(at + 8) : ERR_INVALID;
		if (size > WAV_READER_MAX)
			return ERR_TOO_LONG;
		size += size & 1; /* chunks are padded to even length */
		/* The header of the next chunk must fit too. */
		if (at + 8 + size + 8 > WAV_READER_MAX)
			return ERR_TOO_LONG;
		if (len - at < 8 + size)
			return 0;
		if (memcmp(data + at, "fmt ", 4) == 0) {
			if (parse_fmt(data + at + 8, size, out) < 0)
				return ERR_INVALID;
			have_format = true;
		}
		at += 8 + size;
	}
	return 0;
}
