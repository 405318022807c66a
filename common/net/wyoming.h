/*
 * Events of the Wyoming protocol (github.com/rhasspy/wyoming): a line of
 * JSON, then data_length bytes of JSON that are merged into its "data", then
 * payload_length bytes of anything. Pure.
 */
#ifndef COMMON_NET_WYOMING_H
#define COMMON_NET_WYOMING_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/* What stands between the name of a voice and that of its speaker, where both
 * are one word to us. */
#define WYOMING_SPEAKER '#'

/* What an event may have at most, in bytes. */
struct wyoming_bounds {
	size_t json;      /* of the line, and of the data behind it */
	uint64_t payload; /* which is never held */
};

struct wyoming_event {
	json_t *root;
	const char *type;
	json_t *data; /* an object */
	uint64_t payload_len;
};

/* Reads what comes before the payload. Returns the bytes used, 0 when more
 * are needed, ERR_INVALID, ERR_TOO_LONG or ERR_NOMEM. wyoming_done() after a
 * positive value. With 0, *need is how many bytes there have to be, where that
 * is known, else 0: until then it need not be asked again. */
long wyoming_parse(const uint8_t *p, size_t len,
    const struct wyoming_bounds *bounds, struct wyoming_event *out,
    size_t *need);
void wyoming_done(struct wyoming_event *e);

/* Appends an event, with its data behind the line as Home Assistant sends it.
 * NULL: no data. Takes the reference. */
int wyoming_put(struct buf *b, const char *type, json_t *data,
    const void *payload, size_t payload_len);

#endif
