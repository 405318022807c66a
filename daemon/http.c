/*
 * libmicrohttpd, driven from our loop: no thread, no call that waits.
 */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/err.h"
#include "common/net/listen_address.h"
#include "daemon/http.h"
#include "daemon/http_connection.h"
#include "daemon/http_host.h"
#include "platform/http_port.h"

/* Memory of one connection: its request, and the part of the answer that is
 * on its way. */
#define CONNECTION_BYTES ((size_t)32 * 1024)

#define CONNECTIONS_MAX 16
/* With those that are being closed. */
#define SOCKETS_MAX 48

/* The longest name of a machine, with its terminator. */
#define MACHINE_MAX 256

struct http_server {
	struct loop *loop;
	const struct http_page *pages;
	void *arg;
	struct MHD_Daemon *mhd;
	struct http_port *port;
	struct timer *turn;
	struct http_connections connections;
	struct http_host host;
	char machine[MACHINE_MAX];
	int64_t turn_ends_ns, rests_until_ns;
	uint64_t turns;
	struct answer *first; /* the one that this turn begins with, or NULL */
	struct answer *next;  /* the one that the next turn begins with */
	bool cut_short;       /* somebody waits for the next turn */
	struct loop_task release;
};

struct answer {
	struct http_server *server;
	const struct http_page *page;
	struct buf text; /* what was made and not yet taken */
	size_t step;
	uint64_t turn; /* the last turn that had a step of it */
	int rc;        /* what the last step returned: 1 while there are more */
};

/* ---- turns ------------------------------------------------------------ */

static void
cut_connections(struct http_server *h, int64_t now)
{
	struct http_slot *slot;

	while ((slot = http_slots_cut(&h->connections.slots, now)) != NULL)
		http_port_cut(h->port, ((struct http_connection *)slot)->fd);
}

static void
http_run(struct http_server *h)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;
	int64_t now = clock_awake_ns(), next;

	cut_connections(h, now);
	h->turn_ends_ns = now + HTTP_TURN_NS;
	h->turns++;
	h->first = h->next;
	h->next = NULL;
	h->cut_short = false;
	http_port_run(h->port);
	h->rests_until_ns = clock_awake_ns() + HTTP_REST_NS;
	next = http_slots_due_ns(&h->connections.slots);
	if (h->cut_short)
		next = h->rests_until_ns;
	else if (MHD_get_timeout(h->mhd, &ms) == MHD_YES &&
		 h->rests_until_ns + (int64_t)ms * NS_PER_MS < next)
		next = h->rests_until_ns + (int64_t)ms * NS_PER_MS;
	timer_at(h->turn, next);
	http_port_wait(h->port);
}

static void
http_ready(void *arg)
{
	struct http_server *h = arg;

	if (clock_awake_ns() >= h->rests_until_ns) {
		http_run(h);
		return;
	}
	http_port_rest(h->port);
	timer_at(h->turn, h->rests_until_ns);
}

static void
turn(void *arg)
{
	http_run(arg);
}

/* Hands the connection to libmicrohttpd, which calls http_connection_event()
 * for it before it returns. */
static void
accepted(void *arg, MHD_socket fd)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	struct http_server *h = arg;

	MHD_add_connection(h->mhd, fd, &nobody, sizeof(nobody));
	cut_connections(h, clock_awake_ns());
	timer_at(h->turn, h->rests_until_ns);
}

/* ---- connections ------------------------------------------------------ */

static void
request_over(void *arg, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct http_connection *k = http_connection_of(c);

	(void)arg;
	(void)state;
	(void)code;
	if (k)
		http_slot_answered(&k->slot, clock_awake_ns());
}

/* ---- answers ---------------------------------------------------------- */

static void
make_step(struct answer *a, unsigned *status)
{
	a->turn = a->server->turns;
	a->rc = a->page->write(a->server->arg, a->step++, &a->text, status);
}

/* The answer that has waited for longest has a step before any other makes
 * one. libmicrohttpd with select() asks them in the same order each time, and
 * one that always came last got nothing for as long as others went on. */
static bool
has_turn(struct http_server *h, const struct answer *a)
{
	if (h->first == a) {
		h->first = NULL;
		return true;
	}
	return h->first == NULL && clock_awake_ns() < h->turn_ends_ns;
}

static void
wait_for_turn(struct http_server *h, struct answer *a)
{
	h->cut_short = true;
	if (h->next == NULL || a->turn < h->next->turn)
		h->next = a;
}

static ssize_t
http_take(void *arg, uint64_t position, char *out, size_t max)
{
	struct answer *a = arg;
	unsigned status;
	size_t n;

	(void)position;
	while (a->rc == 1 && buf_len(&a->text) < max && has_turn(a->server, a))
		make_step(a, &status);
	n = buf_len(&a->text) < max ? buf_len(&a->text) : max;
	if (a->rc < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n == 0 && a->rc == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == 0)
		wait_for_turn(a->server, a);
	else
		memcpy(out, buf_data(&a->text), n);
	buf_consume(&a->text, n);
	return (ssize_t)n;
}

static void
answer_free(void *arg)
{
	struct answer *a = arg;

	if (a->server->first == a)
		a->server->first = NULL;
	if (a->server->next == a)
		a->server->next = NULL;
	buf_done(&a->text);
	free(a);
}

static enum MHD_Result
send_answer(struct MHD_Connection *c, struct MHD_Response *r, unsigned status)
{
	enum MHD_Result rc = MHD_queue_response(c, status, r);

	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result
answer_page(struct http_server *h, const struct http_page *page,
    struct MHD_Connection *c, bool is_head)
{
	struct answer *a = calloc(1, sizeof(*a));
	struct MHD_Response *r = NULL;
	unsigned status = MHD_HTTP_OK;

	if (a == NULL)
		return MHD_NO;
	*a = (struct answer){ .server = h, .page = page };
	buf_init(&a->text, HTTP_PIECE_MAX);
	make_step(a, &status);
	if (a->rc >= 0)
		r = MHD_create_response_from_callback(
		    a->rc == 0 ? buf_len(&a->text) : MHD_SIZE_UNKNOWN,
		    CONNECTION_BYTES / 2, http_take, a, answer_free);
	if (r == NULL) {
		answer_free(a);
		return MHD_NO;
	}
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, page->type);
	/* 0.9.75 ends even an answer without a body with a last chunk. */
	if (is_head && a->rc == 1)
		MHD_set_response_options(
		    r, MHD_RF_HTTP_VERSION_1_0_ONLY, MHD_RO_END);
	return send_answer(c, r, status);
}

static enum MHD_Result
http_refuse(struct MHD_Connection *c, unsigned status, char *text)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    strlen(text), text, MHD_RESPMEM_PERSISTENT);

	if (r == NULL)
		return MHD_NO;
	MHD_add_response_header(
	    r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	return send_answer(c, r, status);
}

static enum MHD_Result
answer(void *arg, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *body, size_t *body_size, void **state)
{
	static char no_page[] = "there is no such page\n",
		    no_method[] = "only GET and HEAD\n",
		    no_host[] = "expected one Host\n",
		    other_host[] = "this is not the host that was asked for\n";
	struct http_connection *k = http_connection_of(c);
	struct http_server *h = arg;
	const struct http_page *page = h->pages;
	bool is_head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
	unsigned refusal;

	(void)body;
	(void)body_size;
	/* http_connection_event() had no memory for this connection. */
	if (k == NULL)
		return MHD_NO;
	/* An answer at the first call, before the body, ends the connection;
	 * at the second one it goes on. */
	if (!is_head && strcmp(method, MHD_HTTP_METHOD_GET) != 0)
		return http_refuse(c, MHD_HTTP_METHOD_NOT_ALLOWED, no_method);
	refusal = http_host_refusal(&h->host, c, version);
	if (refusal != 0)
		return http_refuse(c, refusal,
		    refusal == MHD_HTTP_BAD_REQUEST ? no_host : other_host);
	if (*state == NULL) {
		*state = h;
		return MHD_YES;
	}
	http_slot_asked(&k->slot, clock_awake_ns());
	while (page->path && strcmp(page->path, url) != 0)
		page++;
	if (page->path == NULL)
		return http_refuse(c, MHD_HTTP_NOT_FOUND, no_page);
	return answer_page(h, page, c, is_head);
}

/* ---- life ------------------------------------------------------------- */

static const struct http_port_events port_events = { .accepted = accepted,
	.ready = http_ready };

static int
http_start(struct http_server *h)
{
	h->mhd = MHD_start_daemon(http_port_flags | MHD_USE_NO_LISTEN_SOCKET, 0,
	    NULL, NULL, answer, h, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)SOCKETS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)(HTTP_SLOT_ASKING_NS / NS_PER_S),
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
	    MHD_OPTION_NOTIFY_CONNECTION, http_connection_event,
	    &h->connections, MHD_OPTION_NOTIFY_COMPLETED, request_over, h,
	    MHD_OPTION_END);
	return h->mhd ? 0 : ERR_UNSUPPORTED;
}

int
http_new(struct loop *l, const char *address, const struct http_page *pages,
    void *arg, char *where, size_t size, struct http_server **out)
{
	struct http_server *h;
	struct listen_address at;
	int rc;

	*out = NULL;
	if (!listen_address_parse(address, &at) ||
	    !listen_address_is_loopback(&at))
		return ERR_INVALID;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return ERR_NOMEM;
	*h = (struct http_server){ .loop = l,
		.pages = pages,
		.arg = arg,
		.host = { .any = at.kind == LISTEN_SOCKET,
		    .machine = h->machine },
		.connections = { .slots = { .max = CONNECTIONS_MAX },
		    .bytes = sizeof(struct http_connection) } };
	http_port_machine(h->machine, sizeof(h->machine));
	rc = timer_new(l, TIMER_COARSE, turn, h, &h->turn);
	if (rc == 0)
		rc = http_start(h);
	if (rc == 0)
		rc = http_port_open(
		    l, address, h->mhd, &port_events, h, &h->port);
	if (rc < 0) {
		http_close(h);
		return rc;
	}
	snprintf(where, size, "%s", http_port_name(h->port));
	*out = h;
	return 0;
}

void
http_close(struct http_server *h)
{
	if (h == NULL)
		return;
	http_port_close(h->port);
	if (h->mhd)
		MHD_stop_daemon(h->mhd);
	timer_free(h->turn);
	h->release = (struct loop_task){ .fn = free, .arg = h };
	loop_defer(h->loop, &h->release);
}
