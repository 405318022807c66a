/* What door.c and exchange.c know of each other. */
#ifndef GATEWAY_HTTP_DOOR_INTERNAL_H
#define GATEWAY_HTTP_DOOR_INTERNAL_H

#include <microhttpd.h>

#include "daemon/http_connection.h"
#include "daemon/http_host.h"
#include "gateway/http/door.h"

struct door_connection {
	struct http_connection http; /* first (daemon/http_connection.h) */
	struct exchange *exchange;   /* the one that is open, or NULL */
};

/* A header of an answer that is still to be made. */
struct header {
	char *name, *value;
	struct header *next;
};

#define EXCHANGE_STATES(X)                                           \
	X(READING, "reading")     /* its request is not whole */     \
	X(SERVED, "served")       /* somebody answers it */          \
	X(WAITING, "waiting")     /* the same, and libmicrohttpd     \
				     leaves it alone until then */   \
	X(ANSWERED, "answered")   /* its answer is on its way */     \
	X(STREAMING, "streaming") /* pieces are put into it */       \
	X(RESTING, "resting")     /* the same, none waits, and it is \
				     left alone until there is one */

enum exchange_state {
#define X(name, text) EXCHANGE_##name,
	EXCHANGE_STATES(X)
#undef X
};

struct exchange {
	struct door *door;
	struct door_connection *connection;
	struct MHD_Connection *mhd;
	enum exchange_state state;
	char *path;
	const char *method; /* libmicrohttpd's */
	struct buf body;
	size_t ignored; /* bytes of a body that is too long */
	const struct exchange_owner *owner;
	void *arg;
	struct header *headers;
	struct MHD_Response *response; /* made, and not queued yet */
	unsigned status;
	size_t answer;     /* bytes of it that the door counts */
	struct buf out;    /* pieces that wait */
	int64_t served_ns; /* when its request was whole; 0: it is not */
	bool ended, broken;
};

/* Makes the door run soon. */
void door_kick(struct door *d);

/* refuse.c: answers what is refused before its body is read. Returns whether it
 * was. */
bool refuse_early(
    struct exchange *x, const struct http_host *host, const char *version);

/* Counts an answer of so many bytes; false where there is no room for it. */
bool door_hold_answer(struct door *d, size_t bytes);
void door_drop_answer(struct door *d, size_t bytes);

/* An exchange begins, is answered, ends. */
void door_count_begin(struct door *d);
void door_count_answer(struct door *d, const struct exchange *x);
void door_count_end(struct door *d);

struct exchange *exchange_new(struct door *d, struct door_connection *k,
    struct MHD_Connection *c, const char *path, const char *method);
void exchange_free(struct exchange *x);
/* Hands its answer, if it is made, to libmicrohttpd; or leaves it alone. */
enum MHD_Result exchange_hand_in(struct exchange *x);
/* Its connection is cut, or the door closes: what is left alone would not see
 * it. NULL is fine. */
#endif
