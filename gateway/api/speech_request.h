/*
 * What a request of OpenAI's interface for speech asks for, in ttsd's words
 * (docs/HTTP.md, Speech). Pure.
 */
#ifndef GATEWAY_API_SPEECH_REQUEST_H
#define GATEWAY_API_SPEECH_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/control/reply.h"
#include "gateway/sound/encoder.h"

struct speech_request {
	json_t *order; /* of ttsd: its `speak`; owned */
	const struct encoding *format;
	uint32_t rate_hz;
	bool events; /* server-sent events, instead of sound alone */
	bool words;  /* are told in them */
};

/* Reads a body, which is changed. Returns false with an error in `r`;
 * speech_request_done() is to follow either way. */
bool speech_request_read(
    json_t *body, struct speech_request *out, struct reply *r);
void speech_request_done(struct speech_request *q);

#endif
