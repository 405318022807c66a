#include "gateway/wyoming/wyoming.h"

#include "common/err.h"

#define LOOK_NS (1 * NS_PER_S)

static bool
may_come(const struct wyoming *w, const struct peer_address *who)
{
	struct network n;
	char **allow;

	if (peer_address_is_local(who))
		return true;
	for (allow = w->conf->allow; allow && *allow; allow++)
		if (network_parse(*allow, &n) && network_has(&n, who))
			return true;
	return false;
}

static void
cut_clients(struct wyoming *w)
{
	struct http_slot *slot;

	while ((slot = http_slots_cut(&w->slots, clock_awake_ns())) != NULL)
		wyoming_client_cut(slot);
}

static void
look(void *arg)
{
	struct wyoming *w = arg;

	cut_clients(w);
	timer_at(w->look, clock_awake_ns() + LOOK_NS);
}

static void
wyoming_accepted(void *arg, struct stream *s, const struct peer_address *who)
{
	struct wyoming *w = arg;

	if (may_come(w, who)) {
		wyoming_client_new(w, s, who);
		cut_clients(w);
		return;
	}
	w->counts.turned_away++;
	if (log_allow(&w->complaints, clock_awake_ns()))
		log_warning("wyoming: a machine is turned away that [wyoming] "
			    "allow does not name; add it there if it may");
	stream_close(s);
}

int
wyoming_start(struct wyoming *w, struct loop *l,
    const struct conf_wyoming *conf, const struct runtime_dir *dir)
{
	int rc;

	*w = (struct wyoming){ .loop = l,
		.conf = conf,
		.slots = { .max = WYOMING_CLIENTS_MAX },
		.complaints = { .every_ns = 10 * NS_PER_S, .burst = 1 } };
	allowance_init(&w->requests, ALLOWANCE_REQUEST_NS, ALLOWANCE_REQUESTS);
	rc = path_socket(dir->path, "control", w->control, sizeof(w->control));
	if (rc == 0)
		rc = path_socket(
		    dir->path, "speech", w->speech, sizeof(w->speech));
	if (rc == 0)
		rc = peer_new(l, "ttsd", w->control, &w->ttsd);
	if (rc == 0)
		rc = timer_new(l, TIMER_COARSE, look, w, &w->look);
	if (rc == 0)
		rc = net_listener_new(
		    l, conf->listen, wyoming_accepted, w, &w->listener);
	if (rc == 0)
		look(w);
	return rc;
}

void
wyoming_stop(struct wyoming *w)
{
	if (w->loop == NULL)
		return;
	net_listener_close(w->listener);
	while (w->clients)
		wyoming_client_free(w->clients);
	timer_free(w->look);
	peer_free(w->ttsd);
}
