#include "platform/process_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/list.h"

/* So much of a child's standard error is read in so long. A flood of some 300
 * MB/s cost a third of a core; whoever writes one waits in its own pipe. */
#define HEARD_BYTES (64 * 1024)
#define HEARD_NS (50 * NS_PER_MS)

static struct process_core *
core(struct process *p)
{
	return (struct process_core *)p;
}

static void
drop(struct stream **s)
{
	stream_close(*s);
	*s = NULL;
}

static void
set_reading(struct process_core *c, bool on)
{
	if (c->pipes[PROCESS_OUT])
		stream_reading(c->pipes[PROCESS_OUT], on);
}

static void
look_if_over(struct process_core *c)
{
	if (!c->exited || c->pipes[PROCESS_OUT] || c->pipes[PROCESS_ERR])
		return;
	timer_at(c->drain, INT64_MAX);
	c->over(c);
}

static void
drained(void *arg)
{
	struct process_core *c = arg;

	drop(&c->pipes[PROCESS_OUT]);
	drop(&c->pipes[PROCESS_ERR]);
	look_if_over(c);
}

/* ---- its pipes -------------------------------------------------------- */

static void
out_data(void *arg, const uint8_t *data, size_t len)
{
	struct process_core *c = arg;

	c->events->out(c->arg, data, len);
}

static void
out_ended(void *arg, int err)
{
	struct process_core *c = arg;

	(void)err;
	drop(&c->pipes[PROCESS_OUT]);
	look_if_over(c);
}

/* Lets standard error wait where too much of it came. What is left behind by a
 * child that has exited is no flood. */
static void
count_heard(struct process_core *c, size_t len)
{
	int64_t now = clock_awake_ns();

	if (now - c->heard_ns >= HEARD_NS) {
		c->heard = 0;
		c->heard_ns = now;
	}
	c->heard += len;
	if (c->heard < HEARD_BYTES || c->exited)
		return;
	stream_reading(c->pipes[PROCESS_ERR], false);
	timer_at(c->rest, c->heard_ns + HEARD_NS);
}

static void
hear_again(void *arg)
{
	struct process_core *c = arg;

	if (c->pipes[PROCESS_ERR])
		stream_reading(c->pipes[PROCESS_ERR], true);
}

static void
err_data(void *arg, const uint8_t *data, size_t len)
{
	struct process_core *c = arg;

	count_heard(c, len);
	c->events->err(c->arg, data, len);
}

static void
err_ended(void *arg, int err)
{
	struct process_core *c = arg;

	(void)err;
	drop(&c->pipes[PROCESS_ERR]);
	look_if_over(c);
}

static void
in_writable(void *arg)
{
	struct process_core *c = arg;

	if (c->input && c->events->writable)
		c->events->writable(c->arg);
}

static void
in_ended(void *arg, int err)
{
	struct process_core *c = arg;

	(void)err;
	drop(&c->pipes[PROCESS_IN]);
}

void
process_core_adopt(
    struct process_core *c, enum process_pipe which, struct stream *s)
{
	static const struct stream_events events[PROCESS_PIPES] = {
		[PROCESS_IN] = { .writable = in_writable, .ended = in_ended },
		[PROCESS_OUT] = { .data = out_data, .ended = out_ended },
		[PROCESS_ERR] = { .data = err_data, .ended = err_ended },
	};

	c->pipes[which] = s;
	stream_set_owner(s, &events[which], c);
}

/* ---- its life --------------------------------------------------------- */

void
process_core_exited(struct process_core *c)
{
	c->exited = true;
	drop(&c->pipes[PROCESS_IN]);
	/* A held-up reader would never see the end of file. */
	set_reading(c, true);
	hear_again(c);
	timer_at(c->drain, clock_awake_ns() + PROCESS_DRAIN_NS);
	look_if_over(c);
}

void
process_core_failed(struct process_core *c)
{
	c->exited = true;
	drained(c);
}

int
process_core_init(struct process_core *c, struct loop *l,
    const struct process_spec *spec, const struct process_events *events,
    void *arg, void (*over)(struct process_core *c))
{
	int rc;

	c->loop = l;
	c->events = events;
	c->arg = arg;
	c->over = over;
	c->input = spec->input;
	rc = timer_new(l, TIMER_COARSE, drained, c, &c->drain);
	if (rc == 0)
		rc = timer_new(l, TIMER_COARSE, hear_again, c, &c->rest);
	if (rc < 0)
		timer_free(c->drain);
	return rc;
}

void
process_core_done(struct process_core *c)
{
	size_t i;

	for (i = 0; i < PROCESS_PIPES; i++)
		drop(&c->pipes[i]);
	timer_free(c->drain);
	timer_free(c->rest);
}

/* ---- what owners call ------------------------------------------------- */

bool
process_ended_well(const struct process_end *end)
{
	return end->err == 0 && !end->signalled && end->code == 0;
}

int
process_write(struct process *p, const void *data, size_t len)
{
	struct process_core *c = core(p);
	struct stream *in = c->pipes[PROCESS_IN];

	return in && c->input ? stream_write(in, data, len) : ERR_CLOSED;
}

void
process_reading(struct process *p, bool on)
{
	set_reading(core(p), on);
}

void
process_close_input(struct process *p)
{
	drop(&core(p)->pipes[PROCESS_IN]);
}

/* ---- the environment --------------------------------------------------- */

/* The process's, as its environment is. */
static struct reserved {
	struct reserved *next;
	char text[]; /* NAME=VALUE */
} * reserved;

const char *
process_core_reserved(const char *name)
{
	const struct reserved *r;
	size_t len = strlen(name);

	for (r = reserved; r; r = r->next)
		if (strncmp(r->text, name, len) == 0 && r->text[len] == '=')
			return r->text;
	return NULL;
}

void
process_core_each_reserved(void (*fn)(void *arg, const char *text), void *arg)
{
	const struct reserved *r;

	for (r = reserved; r; r = r->next)
		fn(arg, r->text);
}

int
process_reserve(const char *name)
{
	const char *value = getenv(name);
	struct reserved *r;
	size_t size;

	if (value == NULL)
		return 0;
	size = strlen(name) + strlen(value) + 2;
	r = malloc(sizeof(*r) + size);
	if (r == NULL)
		return ERR_NOMEM;
	snprintf(r->text, size, "%s=%s", name, value);
	LIST_APPEND(reserved, r);
	process_withhold(name);
	return 0;
}
