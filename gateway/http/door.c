#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "gateway/http/answer.h"
#include "gateway/http/door_internal.h"
#include "platform/http_port.h"

#define LEAST(a, b) ((a) < (b) ? (a) : (b))
/* Memory of one connection: its request's head, which has nearly all of it, and
 * the part of the answer that is on its way. libmicrohttpd writes to all of it:
 * hundreds of listeners are hundreds of it. */
#define CONNECTION_BYTES ((size_t)8 * 1024)
/* Of a body that is too long so much is still read, so that its sender gets to
 * read why; then the connection is cut. */
#define IGNORED_MAX ((size_t)1024 * 1024)
#define MACHINE_MAX 256
/* Between two looks for clients that have gone. */
#define LOOK_NS (1 * NS_PER_S)
/* An answer that is no larger needs no room. */
#define SMALL_ANSWER ((size_t)16 * 1024)

struct door {
	struct loop *loop;
	const struct door_spec *spec;
	struct MHD_Daemon *mhd;
	struct http_port *port;
	struct timer *turn;
	bool kicked; /* it is to run again at once */
	struct http_connections connections;
	struct door_counts counts;
	size_t answers;  /* bytes */
	int64_t look_ns; /* when to look who has gone */
	bool closing;
	char machine[MACHINE_MAX];
	struct http_host meant;
	struct loop_task release;
};

/* ---- turns ------------------------------------------------------------ */

static void
cut_connection(struct door *d, struct door_connection *k)
{
	http_port_cut(d->port, k->http.fd);
	exchange_let_go(k->exchange);
}

static void
cut_connections(struct door *d, int64_t now)
{
	struct http_slot *slot;

	while ((slot = http_slots_cut(&d->connections.slots, now)) != NULL)
		cut_connection(d, (struct door_connection *)slot);
}

/* Nothing is to be sent: what the client does is all that goes on. */
static bool
waits_for_client(const struct door_connection *k)
{
	return k->exchange == NULL || k->exchange->state == EXCHANGE_READING ||
	       k->exchange->state == EXCHANGE_RESTING;
}

/* libmicrohttpd does not see that who listens has gone, for as long as there is
 * nothing to tell; nor an end that comes together with what is before it. */
static void
cut_gone(struct door *d)
{
	struct http_slot *slot;
	struct door_connection *k;

	for (slot = d->connections.slots.first; slot; slot = slot->next) {
		k = (struct door_connection *)slot;
		if (waits_for_client(k) && http_port_hung_up(k->http.fd))
			cut_connection(d, k);
	}
}

static void
door_run(void *arg)
{
	struct door *d = arg;
	MHD_UNSIGNED_LONG_LONG ms = 0;
	int64_t now = clock_awake_ns(), next;

	cut_connections(d, now);
	if (now >= d->look_ns) {
		d->look_ns = now + LOOK_NS;
		cut_gone(d);
	}
	/* Before its turn: what it serves may kick the door. */
	d->kicked = false;
	http_port_run(d->port);
	next = http_slots_due_ns(&d->connections.slots);
	if (d->connections.slots.first && d->look_ns < next)
		next = d->look_ns;
	if (MHD_get_timeout(d->mhd, &ms) == MHD_YES &&
	    now + (int64_t)ms * NS_PER_MS < next)
		next = now + (int64_t)ms * NS_PER_MS;
	timer_at(d->turn, d->kicked ? 0 : next);
	http_port_wait(d->port);
}

void
door_kick(struct door *d)
{
	d->kicked = true;
	if (!d->closing)
		timer_at(d->turn, 0);
}

bool
door_hold_answer(struct door *d, size_t bytes)
{
	if (bytes > SMALL_ANSWER && d->answers + bytes > DOOR_ANSWERS_MAX)
		return false;
	d->answers += bytes;
	return true;
}

void
door_drop_answer(struct door *d, size_t bytes)
{
	d->answers -= bytes;
}

void
door_count_begin(struct door *d)
{
	d->counts.open++;
}

void
door_count_answer(struct door *d, const struct exchange *x)
{
	d->counts.answers[x->status / 100 % DOOR_CLASSES]++;
	if (x->served_ns > 0)
		histogram_add(
		    &d->counts.seconds, clock_awake_ns() - x->served_ns);
}

void
door_count_end(struct door *d)
{
	d->counts.open--;
}

static void
accepted(void *arg, MHD_socket fd)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	struct door *d = arg;

	MHD_add_connection(d->mhd, fd, &nobody, sizeof(nobody));
	door_kick(d);
}

/* ---- connections ------------------------------------------------------ */

static struct door_connection *
connection_of(struct MHD_Connection *c)
{
	return (struct door_connection *)http_connection_of(c);
}

static void
request_over(void *arg, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct exchange *x = *state;
	struct door_connection *k = connection_of(c);

	(void)arg;
	(void)code;
	*state = NULL;
	if (x)
		exchange_free(x);
	if (k)
		http_slot_answered(&k->http.slot, clock_awake_ns());
}

/* ---- requests --------------------------------------------------------- */

static void
read_body(struct exchange *x, const char *data, size_t len)
{
	if (x->ignored > 0 || buf_put(&x->body, data, len) < 0)
		x->ignored += len;
	if (x->ignored > IGNORED_MAX)
		http_port_cut(x->door->port, x->connection->http.fd);
}

static void
serve(struct door *d, struct exchange *x)
{
	x->state = EXCHANGE_SERVED;
	x->served_ns = clock_awake_ns();
	http_slot_asked(&x->connection->http.slot, x->served_ns);
	if (x->ignored > 0)
		answer_error(
		    x, 0, "too-long", "a request has at most 65536 bytes");
	else
		d->spec->serve(d->spec->arg, x);
}

static enum MHD_Result
asked(void *arg, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *body, size_t *body_size, void **state)
{
	struct door_connection *k = connection_of(c);
	struct exchange *x = *state;
	struct door *d = arg;

	/* http_connection_event() had no memory for this connection. */
	if (k == NULL)
		return MHD_NO;
	if (x == NULL) {
		*state = x = exchange_new(d, k, c, url, method);
		if (x == NULL)
			return MHD_NO;
		return refuse_early(x, &d->meant, version) ? exchange_hand_in(x)
							   : MHD_YES;
	}
	if (*body_size > 0) {
		read_body(x, body, *body_size);
		*body_size = 0;
		return MHD_YES;
	}
	if (x->state == EXCHANGE_READING)
		serve(d, x);
	return exchange_hand_in(x);
}

/* ---- life ------------------------------------------------------------- */

static const struct http_port_events port_events = { .accepted = accepted,
	.ready = door_run };

/* An answer of a daemon is a millisecond; of one that waits for its disk half a
 * second. */
static const int64_t bounds_ns[] = { NS_PER_MS, 2 * NS_PER_MS, 5 * NS_PER_MS,
	10 * NS_PER_MS, 25 * NS_PER_MS, 100 * NS_PER_MS, 500 * NS_PER_MS,
	1 * NS_PER_S, 5 * NS_PER_S, 15 * NS_PER_S, INT64_MAX };

static int
door_start(struct door *d)
{
	const struct door_spec *s = d->spec;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0,
		    (void *)(uintptr_t)s->certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)s->key },
		{ MHD_OPTION_END, 0, NULL },
	};
	unsigned flags = http_port_flags | MHD_USE_NO_LISTEN_SOCKET |
			 MHD_ALLOW_SUSPEND_RESUME;

	if (s->certificate)
		flags |= MHD_USE_TLS;
	else
		tls[0].option = MHD_OPTION_END;
	d->mhd = MHD_start_daemon(flags, 0, NULL, NULL, asked, d,
	    MHD_OPTION_CONNECTION_LIMIT, http_port_sockets_max,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
	    MHD_OPTION_NOTIFY_CONNECTION, http_connection_event,
	    &d->connections, MHD_OPTION_NOTIFY_COMPLETED, request_over, d,
	    MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	return d->mhd ? 0 : ERR_UNSUPPORTED;
}

int
door_new(struct loop *l, const struct door_spec *spec, char *where, size_t size,
    bool *tls, struct door **out)
{
	struct door *d = calloc(1, sizeof(*d));
	int rc;

	*out = NULL;
	*tls = false;
	if (d == NULL)
		return ERR_NOMEM;
	*d = (struct door){ .loop = l,
		.spec = spec,
		.connections = { .slots = { .max = LEAST(DOOR_CONNECTIONS_MAX,
						http_port_sockets_max / 2) },
		    .bytes = sizeof(struct door_connection) } };
	histogram_init(&d->counts.seconds, bounds_ns);
	http_port_machine(d->machine, sizeof(d->machine));
	d->meant = (struct http_host){ .any = spec->address[0] == '/',
		.machine = d->machine,
		.names = spec->names };
	rc = timer_new(l, TIMER_COARSE, door_run, d, &d->turn);
	if (rc == 0)
		rc = door_start(d);
	*tls = rc == ERR_UNSUPPORTED && spec->certificate;
	if (rc == 0)
		rc = http_port_open(
		    l, spec->address, d->mhd, &port_events, d, &d->port);
	if (rc < 0) {
		door_close(d);
		return *tls ? ERR_INVALID : rc;
	}
	snprintf(where, size, "%s", http_port_name(d->port));
	http_port_wait(d->port);
	*out = d;
	return 0;
}

static void
door_release(void *arg)
{
	free(arg);
}

void
door_close(struct door *d)
{
	struct http_slot *slot;

	if (d == NULL)
		return;
	d->closing = true;
	/* libmicrohttpd ends with none that is left alone. */
	for (slot = d->connections.slots.first; slot; slot = slot->next)
		exchange_let_go(((struct door_connection *)slot)->exchange);
	http_port_close(d->port);
	if (d->mhd)
		MHD_stop_daemon(d->mhd);
	timer_free(d->turn);
	d->release = (struct loop_task){ .fn = door_release, .arg = d };
	loop_defer(d->loop, &d->release);
}

size_t
door_connections(const struct door *d)
{
	return d->connections.slots.taken;
}

const struct door_counts *
door_counts(const struct door *d)
{
	return &d->counts;
}
