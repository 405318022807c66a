/* Sources: ISO/IEC 11172-3 2.4.2.3 (the header), 13818-3 (half rates),
 * 13818-7 6.2 (ADTS). */
#include "ttsd/engines/sound/mpeg.h"

#define MP3_HEADER 4
#define ADTS_HEADER 7

struct mpeg_frame {
	enum kind kind; /* UNKNOWN: none */
	size_t len;     /* bytes, with its header */
	uint32_t same;  /* the bits that all frames of a stream share */
};

/* kbit/s by layer (III, II, I) and version (1, else 2 and 2.5). */
static unsigned
bit_rate(bool version_1, unsigned layer, unsigned index)
{
	static const uint16_t table[2][3][15] = {
		{ { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144,
		      160 },
		    { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144,
			160 },
		    { 0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192,
			224, 256 } },
		{ { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256,
		      320 },
		    { 0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256,
			320, 384 },
		    { 0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352,
			384, 416, 448 } },
	};

	return table[version_1][layer - 1][index];
}

static struct mpeg_frame
mp3_frame(const uint8_t *p)
{
	static const unsigned rates[] = { 44100, 48000, 32000 };
	struct mpeg_frame none = { KIND_IS_UNKNOWN, 0, 0 }, f = none;
	unsigned version = p[1] >> 3 & 3, layer = p[1] >> 1 & 3;
	unsigned index = p[2] >> 4, rate = p[2] >> 2 & 3, kbit, hz;

	if (p[0] != 0xff || (p[1] & 0xe0) != 0xe0 || version == 1 ||
	    layer == 0 || index == 0 || index == 15 || rate == 3 ||
	    (p[3] & 3) == 2)
		return none;
	hz = rates[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
	kbit = bit_rate(version == 3, layer, index);
	f.kind = KIND_IS_MP3;
	if (layer == 3)
		f.len = (12000 * kbit / hz + (p[2] >> 1 & 1)) * 4;
	else
		f.len = (layer == 1 && version != 3 ? 72000u : 144000u) * kbit /
			    hz +
			(p[2] >> 1 & 1);
	f.same = (uint32_t)p[1] << 8 | (p[2] & 0x0cu);
	return f;
}

static struct mpeg_frame
adts_frame(const uint8_t *p)
{
	struct mpeg_frame f = { KIND_IS_UNKNOWN, 0, 0 };

	if (p[0] != 0xff || (p[1] & 0xf6) != 0xf0 || (p[2] >> 2 & 15) > 12)
		return f;
	f.len = (size_t)(p[3] & 3) << 11 | (size_t)p[4] << 3 | p[5] >> 5;
	if (f.len < ADTS_HEADER)
		return f;
	f.kind = KIND_IS_ADTS;
	f.same = (uint32_t)p[1] << 16 | (uint32_t)(p[2] & 0xfd) << 8 |
		 (p[3] & 0xf0u);
	return f;
}

enum kind
mpeg_kind(const uint8_t *p, size_t len, bool at_end)
{
	struct mpeg_frame (*frame)(const uint8_t *) = mp3_frame;
	struct mpeg_frame first, second;
	size_t header = MP3_HEADER;

	if (len < 2 || p[0] != 0xff)
		return KIND_IS_UNKNOWN;
	if ((p[1] & 0xf6) == 0xf0) {
		frame = adts_frame;
		header = ADTS_HEADER;
	}
	if (len < header)
		return at_end ? KIND_IS_UNKNOWN : KIND_IS_UNSURE;
	first = frame(p);
	if (first.kind == KIND_IS_UNKNOWN || (at_end && first.len == len))
		return first.kind;
	if (len < first.len + header)
		return at_end ? KIND_IS_UNKNOWN : KIND_IS_UNSURE;
	second = frame(p + first.len);
	return second.kind == first.kind && second.same == first.same
		   ? first.kind
		   : KIND_IS_UNKNOWN;
}
