/*
 * The control protocol of both daemons (docs/PROTOCOL.md): operations as
 * rows of a table, requests checked against their row, replies.
 *
 * A line that begins with '{' is a JSON request; any other line is a plain
 * one, "OP the rest of the line". Both become the same JSON object before an
 * operation sees them. Nothing here does I/O.
 */
#ifndef COMMON_CONTROL_PROTO_H
#define COMMON_CONTROL_PROTO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/control/fields.h"
#include "common/control/reply.h"
#include "common/control/right.h"

/* Bytes of a request line without its newline. */
#define PROTO_LINE_MAX (64 * 1024)

struct session;

enum verdict {
	OP_DONE,
	/* The operation cannot answer yet: it runs again after session_retry().
	 * Later requests of the same connection wait behind this one. */
	OP_LATER,
};

/* Carries out a request. `body` has passed the checks of the row's fields. */
typedef enum verdict op_run(
    void *ctx, struct session *s, const json_t *body, struct reply *r);

struct op {
	const char *name;           /* NULL ends a table */
	const char *help;           /* one line */
	const struct field *fields; /* NULL: none */
	op_run *run;
	enum right may;          /* who may ask for it */
	bool bounded;            /* it keeps to session->only */
	bool plain;              /* may be asked for as a plain line */
	const char *plain_field; /* receives the rest of a plain line */
	const char *plain_reply; /* the field that a plain reply shows; NULL:
				    all of them as JSON, if there are any */
};

struct request {
	const struct op *op;
	json_t *body; /* owned */
	json_t *only; /* names of channels, owned; NULL: all */
	bool no_urgent;
	char *tag; /* as it was written, owned; NULL without one */
	bool plain;
};

/* Reads one line (no newline, any bytes). Where it fails, with ERR_INVALID, `r`
 * holds the error and `out` is still good for proto_write_reply(). The caller
 * releases `out` with request_done() either way. */
int proto_parse(const char *line, size_t len, const struct op *ops,
    struct request *out, struct reply *r);
void request_done(struct request *req);

/* Appends the reply as one line, in the form (JSON or plain) of its request.
 * Fails as buf_put() does. */
int proto_write_reply(
    struct buf *out, const struct request *req, const struct reply *r);

#endif
