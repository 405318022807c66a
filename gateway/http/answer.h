/*
 * Answers in the form of the control protocol: JSON, and where something is
 * refused its code and a message, with the status of HTTP that fits.
 */
#ifndef GATEWAY_HTTP_ANSWER_H
#define GATEWAY_HTTP_ANSWER_H

#include <jansson.h>

#include "gateway/http/exchange.h"

#define ANSWER_JSON "application/json"
#define ANSWER_EVENTS "text/event-stream" /* server-sent events */

/* The status that fits an error code of the control protocol. */
unsigned answer_status(const char *code);

/* {"ok":false,"error":CODE,"message":...}; status 0: that of the code. */
void answer_error(struct exchange *x, unsigned status, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Takes over `body`; NULL is one that there was no memory for. */
void answer_json(struct exchange *x, unsigned status, json_t *body);
/* `allowed` are the methods of a path ("GET, HEAD"): another was used, or they
 * are asked for. */
void answer_wrong_method(struct exchange *x, const char *allowed);
void answer_options(struct exchange *x, const char *allowed);

#endif
