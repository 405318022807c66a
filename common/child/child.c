#include "common/child/child.h"

#include <stddef.h>

/* How long to wait for the end of a process that was killed before it is killed
 * again. */
#define KILL_AGAIN_NS INT64_C(1000000000)

const char *const child_state_names[CHILD_STATE_COUNT] = {
#define X(name, text) [CHILD_##name] = text,
	CHILD_STATES(X)
#undef X
};

static const char *const event_names[CHILD_EVENT_COUNT] = {
#define X(name, text) [CHILD_##name] = text,
	CHILD_EVENTS(X)
#undef X
};

struct moment {
	int64_t now_ns;
	uint64_t random;
};

typedef enum child_action handler(struct child *c, const struct moment *at);

static void
enter(struct child *c, enum child_state state, const struct moment *at,
    int64_t wait_ns)
{
	if (c->state != state)
		c->since_ns = at->now_ns;
	c->state = state;
	c->deadline_ns =
	    wait_ns == CHILD_NEVER ? CHILD_NEVER : at->now_ns + wait_ns;
}

static enum child_action
ignore(struct child *c, const struct moment *at)
{
	(void)c;
	(void)at;
	return CHILD_NOTHING;
}

static enum child_action
child_spawn(struct child *c, const struct moment *at)
{
	if (c->spawns++ > 0)
		c->restarts++;
	c->again = false;
	c->rejected = false;
	c->ready = false;
	enter(c, CHILD_STARTING, at, c->limits.start_ns);
	return CHILD_SPAWN;
}

/* Spawns without the back-off of earlier failures: somebody asked for it, or
 * what the child needs is back, so they say nothing about this try. */
static enum child_action
spawn_afresh(struct child *c, const struct moment *at)
{
	backoff_reset(&c->backoff);
	return child_spawn(c, at);
}

static enum child_action
hold(struct child *c, const struct moment *at)
{
	/* The owner answers CHILD_SPAWN with CHILD_HOLD when it spawned
	 * nothing, so child_spawn()'s count is taken back. */
	if (c->state == CHILD_STARTING && --c->spawns > 0)
		c->restarts--;
	c->wait_ns = c->backoff.max_ns;
	enter(c, CHILD_BACKOFF, at, c->wait_ns);
	return CHILD_NOTHING;
}

static enum child_action
child_ready(struct child *c, const struct moment *at)
{
	c->ready = true;
	c->ready_ns = c->progress_ns = at->now_ns;
	enter(c, CHILD_RUNNING, at,
	    c->watched ? c->limits.stall_ns : CHILD_NEVER);
	return CHILD_NOTHING;
}

static enum child_action
progress(struct child *c, const struct moment *at)
{
	c->progress_ns = at->now_ns;
	c->rejected = false;
	if (c->watched)
		c->deadline_ns = at->now_ns + c->limits.stall_ns;
	return CHILD_NOTHING;
}

static enum child_action
reject(struct child *c, const struct moment *at)
{
	(void)at;
	c->rejected = true;
	return CHILD_NOTHING;
}

static enum child_action
stall(struct child *c, const struct moment *at)
{
	enter(c, CHILD_STALLED, at, KILL_AGAIN_NS);
	return CHILD_KILL;
}

static enum child_action
child_stop(struct child *c, const struct moment *at)
{
	c->again = false;
	enter(c, CHILD_STOPPING, at, c->limits.grace_ns);
	return CHILD_INTERRUPT;
}

static enum child_action
restart(struct child *c, const struct moment *at)
{
	child_stop(c, at);
	c->again = true;
	return CHILD_INTERRUPT;
}

/* A child in `stalled` was killed already, so it is not interrupted first. */
static enum child_action
stop_killed(struct child *c, const struct moment *at)
{
	c->again = false;
	enter(c, CHILD_STOPPING, at, KILL_AGAIN_NS);
	return CHILD_KILL;
}

static enum child_action
restart_killed(struct child *c, const struct moment *at)
{
	stop_killed(c, at);
	c->again = true;
	return CHILD_KILL;
}

static enum child_action
want_again(struct child *c, const struct moment *at)
{
	(void)at;
	c->again = true;
	return CHILD_NOTHING;
}

static enum child_action
want_no_more(struct child *c, const struct moment *at)
{
	(void)at;
	c->again = false;
	return CHILD_NOTHING;
}

static enum child_action
kill_again(struct child *c, const struct moment *at)
{
	enter(c, c->state, at, KILL_AGAIN_NS);
	return CHILD_KILL;
}

static enum child_action
stopped(struct child *c, const struct moment *at)
{
	enter(c, CHILD_STOPPED, at, CHILD_NEVER);
	return CHILD_NOTHING;
}

static enum child_action
stopped_or_again(struct child *c, const struct moment *at)
{
	return c->again ? spawn_afresh(c, at) : stopped(c, at);
}

/* Was the child healthy before it ended? Then its earlier failures are
 * forgotten. A watched child was healthy if it made progress for healthy_ns, an
 * unwatched one if it was ready for so long. */
static bool
was_healthy(const struct child *c, int64_t now_ns)
{
	bool idle = c->state == CHILD_RUNNING && !c->watched;
	int64_t until = idle ? now_ns : c->progress_ns;

	return c->ready && until - c->ready_ns >= c->limits.healthy_ns;
}

static enum child_action
child_fail(struct child *c, const struct moment *at)
{
	if (was_healthy(c, at->now_ns))
		backoff_reset(&c->backoff);
	if (c->limits.max_restarts > 0 &&
	    c->backoff.failures >= c->limits.max_restarts)
		return stopped(c, at);
	c->wait_ns = backoff_next(&c->backoff, at->random);
	if (c->rejected)
		c->wait_ns = c->limits.reject_ns;
	enter(c, c->rejected ? CHILD_REJECTED : CHILD_BACKOFF, at, c->wait_ns);
	return CHILD_NOTHING;
}

static handler *const table[CHILD_STATE_COUNT][CHILD_EVENT_COUNT] = {
	[CHILD_STOPPED] = {
		[CHILD_START] = spawn_afresh,
		[CHILD_STOP] = ignore,
		[CHILD_RESTART] = spawn_afresh,
		[CHILD_HOLD] = ignore,
		[CHILD_WAKE] = ignore,
		[CHILD_FAILED] = ignore,
		[CHILD_READY] = ignore,
		[CHILD_PROGRESS] = ignore,
		[CHILD_REJECT] = ignore,
		[CHILD_STALL] = ignore,
		[CHILD_GONE] = ignore,
		[CHILD_DEADLINE] = ignore,
	},
	[CHILD_STARTING] = {
		[CHILD_START] = ignore,
		[CHILD_STOP] = child_stop,
		[CHILD_RESTART] = restart,
		[CHILD_HOLD] = hold,
		[CHILD_WAKE] = ignore,
		[CHILD_FAILED] = child_fail,
		[CHILD_READY] = child_ready,
		[CHILD_PROGRESS] = ignore,
		[CHILD_REJECT] = reject,
		[CHILD_STALL] = stall,
		[CHILD_GONE] = child_fail,
		[CHILD_DEADLINE] = stall,
	},
	[CHILD_RUNNING] = {
		[CHILD_START] = ignore,
		[CHILD_STOP] = child_stop,
		[CHILD_RESTART] = restart,
		[CHILD_HOLD] = ignore,
		[CHILD_WAKE] = ignore,
		[CHILD_FAILED] = ignore,
		[CHILD_READY] = ignore,
		[CHILD_PROGRESS] = progress,
		[CHILD_REJECT] = reject,
		[CHILD_STALL] = stall,
		[CHILD_GONE] = child_fail,
		[CHILD_DEADLINE] = stall,
	},
	[CHILD_STALLED] = {
		[CHILD_START] = ignore,
		[CHILD_STOP] = stop_killed,
		[CHILD_RESTART] = restart_killed,
		[CHILD_HOLD] = ignore,
		[CHILD_WAKE] = ignore,
		[CHILD_FAILED] = ignore,
		[CHILD_READY] = ignore,
		[CHILD_PROGRESS] = ignore,
		[CHILD_REJECT] = reject,
		[CHILD_STALL] = ignore,
		[CHILD_GONE] = child_fail,
		[CHILD_DEADLINE] = kill_again,
	},
	[CHILD_STOPPING] = {
		[CHILD_START] = want_again,
		[CHILD_STOP] = want_no_more,
		[CHILD_RESTART] = want_again,
		[CHILD_HOLD] = ignore,
		[CHILD_WAKE] = ignore,
		[CHILD_FAILED] = ignore,
		[CHILD_READY] = ignore,
		[CHILD_PROGRESS] = ignore,
		[CHILD_REJECT] = ignore,
		[CHILD_STALL] = ignore,
		[CHILD_GONE] = stopped_or_again,
		[CHILD_DEADLINE] = kill_again,
	},
	[CHILD_BACKOFF] = {
		[CHILD_START] = spawn_afresh,
		[CHILD_STOP] = stopped,
		[CHILD_RESTART] = spawn_afresh,
		[CHILD_HOLD] = hold,
		[CHILD_WAKE] = spawn_afresh,
		[CHILD_FAILED] = ignore,
		[CHILD_READY] = ignore,
		[CHILD_PROGRESS] = ignore,
		[CHILD_REJECT] = ignore,
		[CHILD_STALL] = ignore,
		[CHILD_GONE] = ignore,
		[CHILD_DEADLINE] = child_spawn,
	},
	[CHILD_REJECTED] = {
		[CHILD_START] = spawn_afresh,
		[CHILD_STOP] = stopped,
		[CHILD_RESTART] = spawn_afresh,
		[CHILD_HOLD] = ignore,
		[CHILD_WAKE] = ignore,
		[CHILD_FAILED] = ignore,
		[CHILD_READY] = ignore,
		[CHILD_PROGRESS] = ignore,
		[CHILD_REJECT] = ignore,
		[CHILD_STALL] = ignore,
		[CHILD_GONE] = ignore,
		[CHILD_DEADLINE] = child_spawn,
	},
};

void
child_init(struct child *c, const struct child_limits *limits,
    int64_t backoff_initial_ns, int64_t backoff_max_ns, bool watched)
{
	*c = (struct child){
		.limits = *limits,
		.backoff = { .initial_ns = backoff_initial_ns,
		    .max_ns = backoff_max_ns },
		.state = CHILD_STOPPED,
		.deadline_ns = CHILD_NEVER,
		.watched = watched,
	};
}

enum child_action
child_feed(
    struct child *c, enum child_event event, int64_t now_ns, uint64_t random)
{
	const struct moment at = { now_ns, random };

	/* A timer may fire early, or for a deadline that has moved since; only
	 * `deadline_ns` says whether it is time. */
	if (event == CHILD_DEADLINE && now_ns < c->deadline_ns)
		return CHILD_NOTHING;
	return table[c->state][event](c, &at);
}

void
child_watch(struct child *c, bool watched, int64_t now_ns)
{
	if (c->state == CHILD_RUNNING) {
		if (!c->watched)
			c->progress_ns = now_ns;
		c->deadline_ns =
		    watched ? now_ns + c->limits.stall_ns : CHILD_NEVER;
	}
	c->watched = watched;
}

bool
child_alive(const struct child *c)
{
	return c->state == CHILD_STARTING || c->state == CHILD_RUNNING ||
	       c->state == CHILD_STALLED || c->state == CHILD_STOPPING;
}

const char *
child_state_name(enum child_state state)
{
	return child_state_names[state];
}

const char *
child_event_name(enum child_event event)
{
	return event_names[event];
}
