#include "common/picture/image_file.h"

#include <string.h>

#define PNG_MAGIC "\x89PNG\r\n\x1a\n"
#define PNG_MAGIC_BYTES 8
#define PNG_CHUNK_BYTES 12 /* its length, type and sum */
#define JPEG_MAGIC_BYTES 2
#define WEBP_MAGIC_BYTES 12

/* The second bytes of JPEG's markers. */
enum { STUFFED = 0x00, TEM = 0x01, RST0 = 0xd0, RST7 = 0xd7, SOI = 0xd8, EOI };

static bool
begins_with(const uint8_t *data, size_t len, const char *bytes, size_t n)
{
	return len >= n && memcmp(data, bytes, n) == 0;
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[1] << 8 | p[0];
}

enum image_file_kind
image_file_kind(const uint8_t *data, size_t len)
{
	if (begins_with(data, len, PNG_MAGIC, PNG_MAGIC_BYTES))
		return IMAGE_FILE_PNG;
	if (begins_with(data, len, "\xff\xd8\xff", 3))
		return IMAGE_FILE_JPEG;
	if (begins_with(data, len, "RIFF", 4) && len >= WEBP_MAGIC_BYTES &&
	    memcmp(data + 8, "WEBP", 4) == 0)
		return IMAGE_FILE_WEBP;
	return IMAGE_FILE_OTHER;
}

static bool
png_is_whole(const uint8_t *data, size_t len)
{
	size_t at = PNG_MAGIC_BYTES;

	while (len - at >= PNG_CHUNK_BYTES) {
		if (be32(data + at) > len - at - PNG_CHUNK_BYTES)
			return false;
		if (memcmp(data + at + 4, "IEND", 4) == 0)
			return true;
		at += PNG_CHUNK_BYTES + be32(data + at);
	}
	return false;
}

/* Finds the next marker from `at` on, between segments or in the coded pixels;
 * `len` where there is none. */
static size_t
jpeg_marker(const uint8_t *data, size_t len, size_t at)
{
	uint8_t code;

	for (; at + 1 < len; at++) {
		code = data[at + 1];
		if (data[at] == 0xff && code != STUFFED && code != 0xff &&
		    !(code >= RST0 && code <= RST7))
			return at;
	}
	return len;
}

/* Walks over segments: a small picture within one of them has an end of its
 * own. */
static bool
jpeg_is_whole(const uint8_t *data, size_t len)
{
	size_t at = jpeg_marker(data, len, JPEG_MAGIC_BYTES);

	while (at < len && data[at + 1] != EOI) {
		if (data[at + 1] == TEM || data[at + 1] == SOI)
			at += 2;
		else if (len - at < 4)
			return false;
		else
			at += 2 + (size_t)(data[at + 2] << 8 | data[at + 3]);
		at = jpeg_marker(data, len, at);
	}
	return at < len;
}

bool
image_file_is_whole(const uint8_t *data, size_t len)
{
	switch (image_file_kind(data, len)) {
	case IMAGE_FILE_PNG:
		return png_is_whole(data, len);
	case IMAGE_FILE_JPEG:
		return jpeg_is_whole(data, len);
	case IMAGE_FILE_WEBP:
		return le32(data + 4) <= len - 8;
	case IMAGE_FILE_OTHER:
		break;
	}
	return false;
}
