#include "common/sound/frame.h"

#include "common/err.h"
#include "common/le.h"

void
frame_header(uint8_t out[FRAME_HEADER_BYTES], enum frame_type type, size_t len)
{
	le32_put(out, (uint32_t)len);
	out[4] = (uint8_t)type;
}

int
frame_put(struct buf *b, enum frame_type type, const void *payload, size_t len)
{
	uint8_t header[FRAME_HEADER_BYTES];
	int rc;

	if (len > FRAME_MAX)
		return ERR_TOO_LONG;
	rc = buf_reserve(b, sizeof(header) + len);
	if (rc < 0)
		return rc;
	frame_header(header, type, len);
	buf_put(b, header, sizeof(header));
	return buf_put(b, payload, len);
}

static int
known_type(uint8_t byte)
{
	switch (byte) {
#define X(name, value) case value:
		FRAME_TYPES(X)
#undef X
		return 1;
	default:
		return 0;
	}
}

int
frame_parse(const uint8_t *data, size_t len, struct frame *out)
{
	size_t payload;

	if (len < FRAME_HEADER_BYTES)
		return 0;
	payload = le32_get(data);
	if (!known_type(data[4]))
		return ERR_INVALID;
	if (payload > FRAME_MAX)
		return ERR_TOO_LONG;
	if (len < FRAME_HEADER_BYTES + payload)
		return 0;
	out->type = (enum frame_type)data[4];
	out->payload = data + FRAME_HEADER_BYTES;
	out->len = payload;
	return (int)(FRAME_HEADER_BYTES + payload);
}
