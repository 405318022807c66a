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

/* Bytes of a request line without its newline. */
#define PROTO_LINE_MAX (64 * 1024)
/* Bytes of a message for a person. */
#define PROTO_MESSAGE_MAX 512

#define PROTO_ERRORS(X)                       \
	X(BAD_REQUEST, "bad-request")         \
	X(UNKNOWN_OP, "unknown-op")           \
	X(UNKNOWN_CHANNEL, "unknown-channel") \
	X(UNKNOWN_VOICE, "unknown-voice")     \
	X(UNKNOWN_ENGINE, "unknown-engine")   \
	X(NOT_FOUND, "not-found")             \
	X(TOO_LONG, "too-long")               \
	X(QUEUE_FULL, "queue-full")           \
	X(DENIED, "denied")                   \
	X(UNAVAILABLE, "unavailable")

enum proto_error {
	PROTO_OK,
#define X(name, text) PROTO_##name,
	PROTO_ERRORS(X)
#undef X
};

enum field_type {
	FIELD_STRING,
	FIELD_INTEGER, /* min to max */
	FIELD_BOOLEAN,
	FIELD_CHOICE,  /* one of `choices` */
	FIELD_STRINGS, /* a list of strings, or one string */
	FIELD_ARRAY,   /* at most `max` objects */
	FIELD_OBJECT,  /* of what the operation checks */
	FIELD_ID,      /* a positive integer, or the same as a string */
};

struct field {
	const char *name; /* NULL ends a list of fields */
	enum field_type type;
	bool required;
	int64_t min, max;           /* FIELD_INTEGER */
	const char *const *choices; /* FIELD_CHOICE, NULL-terminated */
};

struct session;

struct reply {
	json_t *body; /* object, owned here; handlers add fields to it */
	enum proto_error error;
	char message[PROTO_MESSAGE_MAX];
};

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
	bool plain;              /* may be asked for as a plain line */
	const char *plain_field; /* receives the rest of a plain line */
	const char *plain_reply; /* the field that a plain reply shows; NULL:
				    all of them as JSON, if there are any */
};

/* Makes the reply an error. The message may hold anything a peer sent: it is
 * sanitised when it is written. */
void reply_error(struct reply *r, enum proto_error code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Makes the reply say that there is no memory for what was asked. */
void reply_no_memory(struct reply *r);

/* Adds a field; `value` belongs to the reply from then on. Without memory for
 * it (NULL is that too) the reply becomes an error. */
void reply_set(struct reply *r, const char *name, json_t *value);

struct request {
	const struct op *op;
	json_t *body; /* owned */
	char *tag;    /* as it was written, owned; NULL without one */
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

/* Checks that `object` has only these fields, all required ones, and values of
 * their types; `what` names the object in messages. A field that is null is
 * taken out. Returns false when it has made `r` an error. */
bool check_fields(const char *what, const struct field *fields, json_t *object,
    struct reply *r);

/* Read a field of an object that check_fields() has passed. Where it is absent
 * they return NULL, `fallback` and 0. */
const char *body_string(const json_t *body, const char *name);
int64_t body_integer(const json_t *body, const char *name, int64_t fallback);
uint64_t body_id(const json_t *body, const char *name);

/* Position of `word` in a NULL-terminated list, or -1. */
int word_index(const char *const *list, const char *word);

const char *proto_error_name(enum proto_error error);

#endif
