/*
 * One request over HTTP, and its answer, which may come later, and in pieces
 * for as long as the client takes them.
 */
#ifndef GATEWAY_HTTP_EXCHANGE_H
#define GATEWAY_HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/* Bytes of a request's body: what a line of the control protocol holds. */
#define EXCHANGE_BODY_MAX (64 * 1024)
/* Bytes of an endless answer that wait at most, before exchange_room() is 0. */
#define EXCHANGE_WAITING_MAX (256 * 1024)

struct exchange;

/* Whoever answers later hears of these. */
struct exchange_owner {
	/* The client has gone, or the server ends: the exchange is over, and no
	 * function of it may be called any more. Comes once; not after
	 * exchange_reply(), and of an endless answer always. */
	void (*gone)(void *arg);
	/* All that waited has been taken. May be NULL. */
	void (*drained)(void *arg);
};

/* What was asked. The texts are valid while the exchange is. */
const char *exchange_method(const struct exchange *x);
const char *exchange_path(const struct exchange *x);
/* NULL where there is none. Of several the first. */
const char *exchange_header(const struct exchange *x, const char *name);
const char *exchange_query(const struct exchange *x, const char *name);
const char *exchange_body(const struct exchange *x, size_t *len);
/* A number that is equal for the same address, and whether it is of this
 * machine: both of the connection, whatever its headers say. */
uint64_t exchange_source(const struct exchange *x);
bool exchange_is_local(const struct exchange *x);

/* The status of the answer, once it was given. */
unsigned exchange_status(const struct exchange *x);

/* Sets who answers, if not within the call that brought the exchange. */
void exchange_own(
    struct exchange *x, const struct exchange_owner *owner, void *arg);

/* Adds a header to the answer to come. Without memory for it the answer will
 * say that. */
void exchange_set(struct exchange *x, const char *name, const char *value);
/* Answers with all of it, which is copied; the exchange is over. */
void exchange_reply(struct exchange *x, unsigned status, const char *type,
    const void *data, size_t len);

/* Begins an answer without an end: the owner puts pieces into it, and
 * exchange_end() ends it. False without memory: then it has been answered. */
bool exchange_begin(struct exchange *x, unsigned status, const char *type);
/* ERR_FULL: the client does not take it as fast as it comes; ERR_NOMEM;
 * ERR_CLOSED after exchange_end(). */
int exchange_put(struct exchange *x, const void *data, size_t len);
size_t exchange_room(const struct exchange *x);
/* Nothing more will come; what waits is still sent. `gone` follows. */
void exchange_end(struct exchange *x);
/* The same, and the client sees that it is not whole: its connection breaks. */
void exchange_break(struct exchange *x);
/* Ends it, also where no answer was begun: then its connection is closed. NULL
 * is fine. */
void exchange_let_go(struct exchange *x);

#endif
