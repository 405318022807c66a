/*
 * Events of the Wyoming protocol (github.com/rhasspy/wyoming): a line of
 * JSON, then data_length bytes of JSON that are merged into its "data", then
 * payload_length bytes of anything. Pure.
 */
#ifndef TTSD_ENGINES_NET_EVENT_H
#define TTSD_ENGINES_NET_EVENT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/* Bytes of the line, and of the data behind it: the list of a server's voices
 * is in there. */
#define EVENT_JSON_MAX ((size_t)4 << 20)
/* Bytes of the payload: five minutes of any sound. It is never held. */
#define EVENT_PAYLOAD_MAX ((uint64_t)256 << 20)

struct event {
	json_t *root;
	const char *type;
	json_t *data; /* an object */
	uint64_t payload_len;
};

/* Reads what comes before the payload. Returns the bytes used, 0 when more
 * are needed, ERR_INVALID or ERR_TOO_LONG. event_done() after a positive
 * value. */
long event_parse(const uint8_t *p, size_t len, struct event *out);
void event_done(struct event *e);

/* Appends an event without payload, with its data behind the line as Home
 * Assistant sends it. NULL: no data. Takes the reference. */
int event_put(struct buf *b, const char *type, json_t *data);

#endif
