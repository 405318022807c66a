/*
 * The answer to a request while it is being made: fields, or an error with its
 * code and a message for a person.
 */
#ifndef COMMON_CONTROL_REPLY_H
#define COMMON_CONTROL_REPLY_H

#include <jansson.h>

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

struct reply {
	json_t *body; /* object, owned here; handlers add fields to it */
	enum proto_error error;
	char message[PROTO_MESSAGE_MAX];
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

/* The same, of a field within the object `object`, which is added where it is
 * not there yet. */
void reply_set_in(
    struct reply *r, const char *object, const char *name, json_t *value);

const char *proto_error_name(enum proto_error error);

#endif
