#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "gateway/http/answer.h"
#include "gateway/http/door_internal.h"

/* What libmicrohttpd takes of an endless answer at once where it cannot mark
 * its pieces: of HTTP/1.0. */
#define PIECE_BYTES 1024

struct exchange *
exchange_new(struct door *d, struct door_connection *k,
    struct MHD_Connection *c, const char *path, const char *method)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	*x = (struct exchange){ .door = d,
		.connection = k,
		.mhd = c,
		.path = strdup(path),
		.method = method };
	buf_init(&x->body, EXCHANGE_BODY_MAX);
	buf_init(&x->out, EXCHANGE_WAITING_MAX);
	if (x->path == NULL) {
		free(x);
		return NULL;
	}
	k->exchange = x;
	door_count_begin(d);
	return x;
}

static void
drop_headers(struct exchange *x)
{
	struct header *h;

	while ((h = x->headers) != NULL) {
		x->headers = h->next;
		free(h->name);
		free(h->value);
		free(h);
	}
}

void
exchange_free(struct exchange *x)
{
	const struct exchange_owner *owner = x->owner;

	if (x->connection->exchange == x)
		x->connection->exchange = NULL;
	if (x->response)
		MHD_destroy_response(x->response);
	drop_headers(x);
	door_count_end(x->door);
	door_drop_answer(x->door, x->answer);
	buf_done(&x->body);
	buf_done(&x->out);
	free(x->path);
	x->owner = NULL;
	if (owner)
		owner->gone(x->arg);
	free(x);
}

/* ---- what was asked --------------------------------------------------- */

const char *
exchange_method(const struct exchange *x)
{
	return x->method;
}

const char *
exchange_path(const struct exchange *x)
{
	return x->path;
}

const char *
exchange_header(const struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, name);
}

const char *
exchange_query(const struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->mhd, MHD_GET_ARGUMENT_KIND, name);
}

const char *
exchange_body(const struct exchange *x, size_t *len)
{
	*len = buf_len(&x->body);
	return (const char *)buf_data(&x->body);
}

uint64_t
exchange_source(const struct exchange *x)
{
	return x->connection->http.slot.source;
}

bool
exchange_is_local(const struct exchange *x)
{
	return x->connection->http.local;
}

unsigned
exchange_status(const struct exchange *x)
{
	return x->status;
}

void
exchange_own(struct exchange *x, const struct exchange_owner *owner, void *arg)
{
	x->owner = owner;
	x->arg = arg;
}

/* ---- an answer that is made whole ------------------------------------- */

/* What every answer has: none is kept by anybody on the way, taken for another
 * kind of file, or tells others where one was. */
static const struct {
	const char *name, *value;
} always[] = {
	{ "Cache-Control", "no-store" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
};

void
exchange_set(struct exchange *x, const char *name, const char *value)
{
	struct header *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return;
	*h = (struct header){
		.name = strdup(name), .value = strdup(value), .next = x->headers
	};
	x->headers = h;
}

static bool
has_header(const struct exchange *x, const char *name)
{
	const struct header *h = x->headers;

	while (h && (h->name == NULL || strcmp(h->name, name) != 0))
		h = h->next;
	return h != NULL;
}

static void
give_headers(struct exchange *x, const char *type)
{
	const struct header *h;
	size_t i;

	MHD_add_response_header(
	    x->response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	for (i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (!has_header(x, always[i].name))
			MHD_add_response_header(
			    x->response, always[i].name, always[i].value);
	for (h = x->headers; h; h = h->next)
		if (h->name && h->value)
			MHD_add_response_header(x->response, h->name, h->value);
	drop_headers(x);
}

enum MHD_Result
exchange_hand_in(struct exchange *x)
{
	enum MHD_Result rc;

	if (x->response == NULL && x->ended)
		return MHD_NO;
	if (x->response == NULL) {
		x->state = EXCHANGE_WAITING;
		MHD_suspend_connection(x->mhd);
		return MHD_YES;
	}
	rc = MHD_queue_response(x->mhd, x->status, x->response);
	if (rc == MHD_YES)
		door_count_answer(x->door, x);
	MHD_destroy_response(x->response);
	x->response = NULL;
	return rc;
}

/* The answer is there: the connection, which was left alone, goes on. */
static void
answer_ready(struct exchange *x, bool streams)
{
	bool waited = x->state == EXCHANGE_WAITING;

	x->state = streams ? EXCHANGE_STREAMING : EXCHANGE_ANSWERED;
	if (!waited)
		return;
	MHD_resume_connection(x->mhd);
	door_kick(x->door);
}

void
exchange_reply(struct exchange *x, unsigned status, const char *type,
    const void *data, size_t len)
{
	if (!door_hold_answer(x->door, len)) {
		answer_error(x, 0, "unavailable",
		    "too many others have not taken their answers yet; try "
		    "again");
		return;
	}
	x->answer = len;
	x->response = MHD_create_response_from_buffer(
	    len, (void *)(uintptr_t)data, MHD_RESPMEM_MUST_COPY);
	x->status = status;
	x->owner = NULL;
	if (x->response)
		give_headers(x, type);
	else
		x->ended = true;
	answer_ready(x, false);
}

/* ---- an answer without an end ----------------------------------------- */

/* It clears away a connection that breaks when it runs again, and does not ask
 * for that. */
static ssize_t
end_of(struct exchange *x)
{
	if (!x->broken)
		return MHD_CONTENT_READER_END_OF_STREAM;
	door_kick(x->door);
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* libmicrohttpd asks for more of it. */
static ssize_t
take_piece(void *arg, uint64_t position, char *out, size_t max)
{
	struct exchange *x = arg;
	size_t n = buf_len(&x->out);

	(void)position;
	if (n == 0 && !x->ended && x->owner && x->owner->drained)
		x->owner->drained(x->arg);
	n = buf_len(&x->out);
	if (n == 0 && x->ended)
		return end_of(x);
	if (n == 0) {
		x->state = EXCHANGE_RESTING;
		http_slot_idle(&x->connection->http.slot);
		MHD_suspend_connection(x->mhd);
		return 0;
	}
	if (n > max)
		n = max;
	memcpy(out, buf_data(&x->out), n);
	buf_consume(&x->out, n);
	/* It asks for more when it has sent what it had. */
	http_slot_sending(&x->connection->http.slot, clock_awake_ns());
	return (ssize_t)n;
}

bool
exchange_begin(struct exchange *x, unsigned status, const char *type)
{
	x->status = status;
	x->response = MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, PIECE_BYTES, take_piece, x, NULL);
	if (x->response == NULL) {
		answer_error(
		    x, 0, "unavailable", "there is no memory for it now");
		return false;
	}
	give_headers(x, type);
	answer_ready(x, true);
	return true;
}

static void
wake(struct exchange *x)
{
	if (x->state != EXCHANGE_RESTING)
		return;
	x->state = EXCHANGE_STREAMING;
	http_slot_sending(&x->connection->http.slot, clock_awake_ns());
	MHD_resume_connection(x->mhd);
	door_kick(x->door);
}

int
exchange_put(struct exchange *x, const void *data, size_t len)
{
	int rc = x->ended ? ERR_CLOSED : buf_put(&x->out, data, len);

	if (rc == 0)
		wake(x);
	return rc;
}

size_t
exchange_room(const struct exchange *x)
{
	return buf_room(&x->out);
}

void
exchange_end(struct exchange *x)
{
	x->ended = true;
	wake(x);
}

void
exchange_break(struct exchange *x)
{
	x->broken = true;
	exchange_end(x);
}

void
exchange_let_go(struct exchange *x)
{
	if (x == NULL)
		return;
	exchange_end(x);
	if (x->state != EXCHANGE_WAITING)
		return;
	x->state = EXCHANGE_SERVED;
	MHD_resume_connection(x->mhd);
	door_kick(x->door);
}
