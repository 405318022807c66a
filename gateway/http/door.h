/*
 * The HTTP server of the gateway: libmicrohttpd in our loop, as the metrics of
 * the daemons are (daemon/http.h), but for any method, with bodies, answers
 * that come later, and TLS; and without rests, for nothing here has a tick to
 * keep.
 *
 * Bounds: DOOR_CONNECTIONS_MAX at once, who goes if more come is in
 * daemon/http_slots.h; a request whole within HTTP_SLOT_ASKING_NS; a body of
 * EXCHANGE_BODY_MAX, an answer taken within HTTP_SLOT_ANSWERING_NS, or of one
 * without an end something in that time.
 */
#ifndef GATEWAY_HTTP_DOOR_H
#define GATEWAY_HTTP_DOOR_H

#include "daemon/histogram.h"
#include "gateway/http/exchange.h"
#include "platform/platform.h"

#define DOOR_CONNECTIONS_MAX 1024
/* Bytes of the answers that are on their way, of all connections together; who
 * asks for more is answered 503. Small ones are always given. */
#define DOOR_ANSWERS_MAX ((size_t)64 * 1024 * 1024)

struct door;

struct door_spec {
	const char *address;      /* common/net/listen_address.h */
	const char *const *names; /* by which it may be asked beside those of
				     listen_is_own_name(), NULL-terminated */
	/* PEM; NULL: no TLS. */
	const char *certificate, *key;
	/* Takes an exchange whose request is whole; it answers within the call
	 * or has an owner behind it. */
	void (*serve)(void *arg, struct exchange *x);
	void *arg;
};

/* All of `spec` must outlive it. `where` becomes the address with the port that
 * was found for port 0. ERR_INVALID: no address, or TLS refuses the
 * certificate or key (`*tls` is then true); ERR_UNSUPPORTED; or as
 * listener_new(). */
int door_new(struct loop *l, const struct door_spec *spec, char *where,
    size_t size, bool *tls, struct door **out);
/* Ends every exchange. NULL is fine. */
void door_close(struct door *d);

/* Statuses by their first digit. */
#define DOOR_CLASSES 6

struct door_counts {
	uint64_t answers[DOOR_CLASSES]; /* that were given, by status */
	struct histogram seconds;       /* from a whole request to its answer */
	size_t open;                    /* exchanges now */
};

const struct door_counts *door_counts(const struct door *d);
/* Connections now. */
size_t door_connections(const struct door *d);

#endif
