#include "ttsctl/top/gateway.h"

#include <stdio.h>

#include "common/net/listen_address.h"
#include "platform/reach.h"
#include "ttsctl/conf_file.h"

#define PERIOD_NS (5 * NS_PER_S)
/* It is on this machine: who is there answers at once. */
#define PATIENCE_NS (100 * NS_PER_MS)

void
gateway_init(struct gateway *g, const struct call *call)
{
	struct conf_error e;
	struct conf conf;

	*g = (struct gateway){ .answers = false };
	if (conf_file_read(call_option(call, "config"), &conf, NULL, &e) < 0)
		return;
	snprintf(g->at, sizeof(g->at), "%s", conf.http.listen);
	conf_done(&conf);
}

static bool
socket_answers(const struct call *call, const char *path)
{
	static const struct stream_events nothing = { .data = NULL };
	struct stream *s = NULL;
	int rc = stream_connect(call->loop, path, &nothing, NULL, &s);

	stream_close(s);
	return rc == 0;
}

/* Where it listens at all addresses it does so at that of this machine. */
static bool
port_answers(const struct listen_address *a)
{
	struct reached got;
	char host[64];

	if (a->kind == LISTEN_IPV6)
		snprintf(host, sizeof(host), "%s", a->ipv6);
	else
		snprintf(host, sizeof(host), "%u.%u.%u.%u", a->ipv4 >> 24,
		    a->ipv4 >> 16 & 255, a->ipv4 >> 8 & 255, a->ipv4 & 255);
	reach(host, a->port, REACH_TCP, PATIENCE_NS, &got);
	return got.step == REACH_DONE;
}

void
gateway_look(struct gateway *g, const struct call *call)
{
	int64_t now = clock_awake_ns();
	struct listen_address a;

	if (g->at[0] == '\0' || now < g->due_ns)
		return;
	g->due_ns = now + PERIOD_NS;
	if (!listen_address_parse(g->at, &a))
		g->at[0] = '\0';
	else if (a.kind == LISTEN_SOCKET)
		g->answers = socket_answers(call, g->at);
	else
		g->answers = port_answers(&a);
}
