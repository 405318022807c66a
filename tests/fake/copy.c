/* A copy of a daemon (struct process_copy) does all of its work at once, and
 * what it puts arrives when the test wants it to. */
#include <stdlib.h>

#include "common/err.h"
#include "tests/fake/world.h"

#define SIGNAL_KILL 9

struct process_sink {
	struct process *process;
	struct timer *timer;
	struct buf bytes;
	size_t left; /* so many may still be put */
	int rc;
};

static int64_t delay;
static size_t most = SIZE_MAX;

void
fake_copies(int64_t delay_ns, size_t bytes)
{
	delay = delay_ns;
	most = bytes;
}

int
process_put(struct process_sink *to, const void *data, size_t len)
{
	bool before = world_enter(false);
	size_t n = len < to->left ? len : to->left;

	buf_put(&to->bytes, data, n);
	to->left -= n;
	world_leave(before);
	return n < len ? ERR_IO : 0;
}

static void
arrive(void *arg)
{
	struct process_sink *s = arg;

	peer_write(
	    proc_out(s->process), buf_data(&s->bytes), buf_len(&s->bytes));
	proc_exit(s->process, s->rc < 0);
}

static void
copy_killed(void *self, struct process *p)
{
	struct process_sink *s = self;

	timer_at(s->timer, INT64_MAX);
	proc_die(p, SIGNAL_KILL);
}

static void
copy_freed(void *self, struct process *p)
{
	struct process_sink *s = self;

	(void)p;
	timer_free(s->timer);
	buf_done(&s->bytes);
	free(s);
}

int
copy_spawned(struct process *p, const struct process_copy *copy)
{
	static const struct fake_program program = { .killed = copy_killed,
		.freed = copy_freed };
	bool before = world_enter(false);
	struct process_sink *s = calloc(1, sizeof(*s));

	s->process = p;
	s->left = most;
	buf_init(&s->bytes, SIZE_MAX);
	timer_new(NULL, TIMER_COARSE, arrive, s, &s->timer);
	proc_set_program(p, &program, s);
	world_leave(before);
	s->rc = copy->work(copy->arg, s);
	timer_at(s->timer, clock_awake_ns() + delay);
	return 0;
}
