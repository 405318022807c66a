#include "gateway/api/arrival.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/control/fields.h"
#include "common/err.h"
#include "gateway/daemons/hub.h"

struct arrival {
	struct arrivals *line;
	char channel[CONF_NAME_MAX + 1];
	const struct arrival_events *events; /* NULL: it was given up, and its
						sample is not for the next */
	void *arg;
	struct arrival *next;
};

/* Those who wait, the one whose turn it is first. */
struct arrivals {
	struct api *api;
	struct arrival *first;
	struct hub_listener *ear;
	struct timer *timer;
	bool answered; /* ttsd tells its events, or is away */
	bool going;    /* the first one has its turn */
	struct loop_task release;
};

static void
arrivals_release(void *arg)
{
	struct arrivals *line = arg;

	timer_free(line->timer);
	free(line);
}

/* The last one has left, perhaps while it was told of an event. */
static void
arrivals_end(struct arrivals *line)
{
	line->api->arrivals = NULL;
	timer_at(line->timer, INT64_MAX);
	hub_leave(line->ear);
	line->release =
	    (struct loop_task){ .fn = arrivals_release, .arg = line };
	loop_defer(line->api->loop, &line->release);
}

static void
arrivals_go_on(struct arrivals *line)
{
	struct arrival *v = line->first;

	if (v == NULL || !line->answered || line->going)
		return;
	line->going = true;
	timer_at(line->timer, clock_awake_ns() + ARRIVAL_PATIENCE_NS);
	v->events->turn(v->arg);
}

static void
arrival_leave(struct arrival *v)
{
	struct arrivals *line = v->line;
	struct arrival **at;

	for (at = &line->first; *at != v;)
		at = &(*at)->next;
	if (at == &line->first) {
		line->going = false;
		timer_at(line->timer, INT64_MAX);
	}
	*at = v->next;
	free(v);
	if (line->first == NULL)
		arrivals_end(line);
	else
		arrivals_go_on(line);
}

static void
arrivals_tell(struct arrivals *line, bool known, uint64_t first)
{
	struct arrival *v = line->first, copy = *v;

	arrival_leave(v);
	if (copy.events)
		copy.events->told(copy.arg, known, first);
}

/* ---- what ttsd tells -------------------------------------------------- */

static void
ear_ready(void *arg, bool ok, const char *text, size_t len)
{
	struct arrivals *line = arg;

	(void)ok;
	(void)text;
	(void)len;
	line->answered = true;
	arrivals_go_on(line);
}

static void
ear_absent(void *arg, int err)
{
	(void)err;
	ear_ready(arg, false, NULL, 0);
}

static bool
is_it(
    const struct arrivals *line, const struct recent_event *e, uint64_t *first)
{
	json_t *body = json_loadb(e->line, e->len, 0, NULL);
	const char *state = body_string(body, "state");
	bool it = line->going && state && strcmp(state, "joined") == 0 &&
		  strcmp(e->channel, line->first->channel) == 0 &&
		  body_count(body, "pid") == (uint64_t)process_own_pid();

	*first = body_count(body, "first_sample");
	json_decref(body);
	return it;
}

static void
ear_more(void *arg)
{
	struct arrivals *line = arg;
	struct recent_event e;
	uint64_t first;
	bool lost;

	/* The line ends with the last one of it. */
	while (line->first && hub_take(line->ear, &e, &lost))
		if (is_it(line, &e, &first))
			arrivals_tell(line, true, first);
}

static void
ear_beat(void *arg)
{
	(void)arg;
}

static const struct hub_receiver ear = { .ready = ear_ready,
	.more = ear_more,
	.absent = ear_absent,
	.beat = ear_beat };

static void
waited_enough(void *arg)
{
	struct arrivals *line = arg;

	arrivals_tell(line, false, 0);
}

/* ---- the line --------------------------------------------------------- */

static int
arrivals_begin(struct api *a)
{
	struct hub_question q = { .path = a->peers[API_TTSD].path,
		.events = "[\"subscriber\"]" };
	struct arrivals *line = calloc(1, sizeof(*line));
	int rc;

	if (line == NULL)
		return ERR_NOMEM;
	line->api = a;
	rc =
	    timer_new(a->loop, TIMER_COARSE, waited_enough, line, &line->timer);
	if (rc == 0)
		rc = hub_join(&a->hubs, a->loop, &q, &ear, line, &line->ear);
	if (rc < 0) {
		arrivals_release(line);
		return rc;
	}
	a->arrivals = line;
	return 0;
}

int
arrival_new(struct api *a, const char *channel,
    const struct arrival_events *events, void *arg, struct arrival **out)
{
	struct arrival *v = calloc(1, sizeof(*v)), **at;
	int rc = v ? 0 : ERR_NOMEM;

	*out = NULL;
	if (rc == 0 && a->arrivals == NULL)
		rc = arrivals_begin(a);
	if (rc < 0) {
		free(v);
		return rc;
	}
	*v = (struct arrival){
		.line = a->arrivals, .events = events, .arg = arg
	};
	snprintf(v->channel, sizeof(v->channel), "%s", channel);
	for (at = &a->arrivals->first; *at;)
		at = &(*at)->next;
	*at = *out = v;
	return 0;
}

void
arrival_free(struct arrival *v)
{
	if (v && v == v->line->first && v->line->going)
		v->events = NULL;
	else if (v)
		arrival_leave(v);
}

void
arrivals_forget(struct api *a)
{
	while (a->arrivals)
		arrival_leave(a->arrivals->first);
}
