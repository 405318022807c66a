#include "common/picture/matroska.h"

#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

enum {
	ID_EBML = 0x1a45dfa3,
	ID_EBML_VERSION = 0x4286,
	ID_EBML_READ_VERSION = 0x42f7,
	ID_EBML_MAX_ID = 0x42f2,
	ID_EBML_MAX_SIZE = 0x42f3,
	ID_DOC_TYPE = 0x4282,
	ID_DOC_VERSION = 0x4287,
	ID_DOC_READ_VERSION = 0x4285,
	ID_SEGMENT = 0x18538067,
	ID_INFO = 0x1549a966,
	ID_TIMESTAMP_SCALE = 0x2ad7b1,
	ID_MUXING_APP = 0x4d80,
	ID_WRITING_APP = 0x5741,
	ID_TRACKS = 0x1654ae6b,
	ID_TRACK_ENTRY = 0xae,
	ID_TRACK_NUMBER = 0xd7,
	ID_TRACK_UID = 0x73c5,
	ID_TRACK_TYPE = 0x83,
	ID_FLAG_LACING = 0x9c,
	ID_CODEC_ID = 0x86,
	ID_DEFAULT_DURATION = 0x23e383,
	ID_VIDEO = 0xe0,
	ID_PIXEL_WIDTH = 0xb0,
	ID_PIXEL_HEIGHT = 0xba,
	ID_FLAG_INTERLACED = 0x9a,
	ID_FOURCC = 0x2eb524,
	ID_COLOUR = 0x55b0,
	ID_MATRIX = 0x55b1,
	ID_RANGE = 0x55b9,
	ID_TRANSFER = 0x55ba,
	ID_PRIMARIES = 0x55bb,
	ID_AUDIO = 0xe1,
	ID_SAMPLING_FREQUENCY = 0xb5,
	ID_CHANNELS = 0x9f,
	ID_BIT_DEPTH = 0x6264,
	ID_CLUSTER = 0x1f43b675,
	ID_TIMESTAMP = 0xe7,
	ID_SIMPLE_BLOCK = 0xa3,
};

enum { TYPE_VIDEO = 1, TYPE_AUDIO = 2 };
enum { PROGRESSIVE = 2, BT709 = 1, LIMITED_RANGE = 1 };

#define FLAG_KEYFRAME 0x80

/* Big-endian, `n` bytes. */
static uint8_t *
put_number(uint8_t *at, uint64_t value, unsigned n)
{
	while (n-- > 0)
		*at++ = (uint8_t)(value >> 8 * n);
	return at;
}

/* An ID is written as it stands: its length is in its first bits. */
static uint8_t *
put_id(uint8_t *at, uint32_t id)
{
	unsigned n = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;

	return put_number(at, id, n);
}

/* Sizes of 2, 4 and 8 bytes: the first set bit tells which. */
static uint8_t *
put_size(uint8_t *at, uint64_t size, unsigned n)
{
	return put_number(at, size | UINT64_C(1) << 7 * n, n);
}

static uint8_t *
put_element(uint8_t *at, uint32_t id, const void *data, size_t len)
{
	at = put_size(put_id(at, id), len, 2);
	memcpy(at, data, len);
	return at + len;
}

static uint8_t *
put_text(uint8_t *at, uint32_t id, const char *text)
{
	return put_element(at, id, text, strlen(text));
}

static uint8_t *
put_uint(uint8_t *at, uint32_t id, uint64_t value)
{
	return put_number(put_size(put_id(at, id), 4, 2), value, 4);
}

static uint8_t *
put_float(uint8_t *at, uint32_t id, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return put_uint(at, id, bits);
}

/* Begins an element that holds others; end_master() writes its size. */
static uint8_t *
begin_master(uint8_t *at, uint32_t id, uint8_t **size)
{
	*size = put_id(at, id);
	return *size + 2;
}

static void
end_master(uint8_t *size, const uint8_t *end)
{
	put_size(size, (uint64_t)(end - size - 2), 2);
}

static uint8_t *
put_ebml(uint8_t *at)
{
	uint8_t *size;

	at = begin_master(at, ID_EBML, &size);
	at = put_uint(at, ID_EBML_VERSION, 1);
	at = put_uint(at, ID_EBML_READ_VERSION, 1);
	at = put_uint(at, ID_EBML_MAX_ID, 4);
	at = put_uint(at, ID_EBML_MAX_SIZE, 8);
	at = put_text(at, ID_DOC_TYPE, "matroska");
	at = put_uint(at, ID_DOC_VERSION, 4);
	at = put_uint(at, ID_DOC_READ_VERSION, 2);
	end_master(size, at);
	return at;
}

static uint8_t *
put_info(uint8_t *at)
{
	uint8_t *size;

	at = begin_master(at, ID_INFO, &size);
	at = put_uint(at, ID_TIMESTAMP_SCALE, MATROSKA_TICK_NS);
	at = put_text(at, ID_MUXING_APP, "ttsd");
	at = put_text(at, ID_WRITING_APP, "ttsd");
	end_master(size, at);
	return at;
}

static uint8_t *
begin_track(uint8_t *at, uint8_t **size, enum matroska_track track,
    unsigned type, const char *codec)
{
	at = begin_master(at, ID_TRACK_ENTRY, size);
	at = put_uint(at, ID_TRACK_NUMBER, track);
	at = put_uint(at, ID_TRACK_UID, track);
	at = put_uint(at, ID_TRACK_TYPE, type);
	at = put_uint(at, ID_FLAG_LACING, 0);
	return put_text(at, ID_CODEC_ID, codec);
}

static uint8_t *
put_sound(uint8_t *at, const struct matroska_format *f)
{
	uint8_t *track, *audio;

	at = begin_track(
	    at, &track, MATROSKA_SOUND, TYPE_AUDIO, "A_PCM/INT/LIT");
	at = begin_master(at, ID_AUDIO, &audio);
	at = put_float(at, ID_SAMPLING_FREQUENCY, (float)f->rate_hz);
	at = put_uint(at, ID_CHANNELS, f->channels);
	at = put_uint(at, ID_BIT_DEPTH, 16);
	end_master(audio, at);
	end_master(track, at);
	return at;
}

static uint8_t *
put_colour(uint8_t *at)
{
	uint8_t *size;

	at = begin_master(at, ID_COLOUR, &size);
	at = put_uint(at, ID_MATRIX, BT709);
	at = put_uint(at, ID_RANGE, LIMITED_RANGE);
	at = put_uint(at, ID_TRANSFER, BT709);
	at = put_uint(at, ID_PRIMARIES, BT709);
	end_master(size, at);
	return at;
}

static uint8_t *
put_picture(uint8_t *at, const struct matroska_format *f)
{
	uint8_t *track, *video;

	at = begin_track(
	    at, &track, MATROSKA_PICTURE, TYPE_VIDEO, "V_UNCOMPRESSED");
	at = put_uint(at, ID_DEFAULT_DURATION, NS_PER_S / f->fps);
	at = begin_master(at, ID_VIDEO, &video);
	at = put_uint(at, ID_PIXEL_WIDTH, f->width);
	at = put_uint(at, ID_PIXEL_HEIGHT, f->height);
	at = put_uint(at, ID_FLAG_INTERLACED, PROGRESSIVE);
	at = put_text(at, ID_FOURCC, "I420");
	at = put_colour(at);
	end_master(video, at);
	end_master(track, at);
	return at;
}

size_t
matroska_header(
    uint8_t out[MATROSKA_HEADER_MAX], const struct matroska_format *f)
{
	uint8_t *at = put_ebml(out), *tracks;

	/* All bits of a size set: it is not known. */
	at =
	    put_number(put_id(at, ID_SEGMENT), UINT64_C(0x01ffffffffffffff), 8);
	at = put_info(at);
	at = begin_master(at, ID_TRACKS, &tracks);
	at = put_sound(at, f);
	at = put_picture(at, f);
	end_master(tracks, at);
	return (size_t)(at - out);
}

/* Whole seconds and the rest are multiplied separately, so that nothing
 * overflows within the life of a stream. */
static uint64_t
ticks(uint64_t sample, uint32_t rate_hz)
{
	const uint64_t per_s = NS_PER_S / MATROSKA_TICK_NS;
	uint64_t rest = sample % rate_hz;

	return sample / rate_hz * per_s +
	       (rest * per_s + rate_hz / 2) / rate_hz;
}

void
matroska_block(uint8_t out[MATROSKA_BLOCK_BYTES], enum matroska_track track,
    uint64_t sample, uint32_t rate_hz, size_t len)
{
	/* Track number, time within the cluster, flags. */
	const size_t head = 1 + 2 + 1;
	uint8_t *at = put_id(out, ID_CLUSTER);

	at = put_size(at, MATROSKA_BLOCK_BYTES - 8 + len, 4);
	at = put_size(put_id(at, ID_TIMESTAMP), 8, 1);
	at = put_number(at, ticks(sample, rate_hz), 8);
	at = put_size(put_id(at, ID_SIMPLE_BLOCK), head + len, 4);
	at = put_size(at, track, 1);
	at = put_number(at, 0, 2);
	*at = FLAG_KEYFRAME;
}
