/*
 * The loops of all daemons in the world, and the world's own turn: a timer
 * that goes before all else, then what is ready and what is due in turns.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "tests/fake/world.h"

/* So much is served without any time passing: it will never end. */
#define RESTLESS 10000000

struct loop {
	struct loop *next;
	void (*on_signal)(void *arg, enum loop_signal signal);
	void *signal_arg;
	struct loop_task *tasks, **tasks_end;
	bool stopped;
};

static struct {
	struct loop *loops;
	struct loop_task *first, **end; /* ready to be served */
	size_t count;                   /* of them */
	bool daemon;                    /* at work: it, not the test */
	bool shuffled;
	bool timers_next; /* it is their turn */
	uint64_t served;  /* since time passed last */
} world;

void
world_fail(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "fake: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	abort();
}

void
fake_begin(uint64_t seed)
{
	world.loops = NULL;
	world.first = NULL;
	world.end = &world.first;
	world.count = 0;
	world.shuffled = world.daemon = false;
	world.served = 0;
	clock_begin(seed);
	timer_begin();
	stream_begin();
	listener_begin();
	process_begin();
	fake_copies(0, SIZE_MAX);
	http_begin();
	files_begin();
	path_begin();
	service_begin();
}

static void
check_nothing_left(const char *what, size_t count)
{
	if (count > 0)
		world_fail("%zu %s left open", count, what);
}

void
fake_end(void)
{
	process_end_all();
	check_nothing_left("loops", world.loops != NULL);
	check_nothing_left("timers", timer_count());
	check_nothing_left("listeners", listener_count());
	check_nothing_left("ends of daemons", fake_streams());
	check_nothing_left("HTTP servers", http_count());
	stream_end_all();
	listener_end_all();
	files_end();
	service_end();
}

void
fake_shuffle(bool on)
{
	world.shuffled = on;
}

/* ---- who is at work --------------------------------------------------- */

bool
world_enter(bool daemon)
{
	bool before = world.daemon;

	world.daemon = daemon;
	return before;
}

void
world_leave(bool before)
{
	world.daemon = before;
}

void
fake_enter(void)
{
	world.daemon = true;
}

void
fake_leave(void)
{
	world.daemon = false;
}

bool
fake_in_daemon(void)
{
	return world.daemon;
}

/* ---- what is ready ---------------------------------------------------- */

void
world_ready(struct loop_task *item)
{
	if (item->queued)
		return;
	item->queued = true;
	item->next = NULL;
	*world.end = item;
	world.end = &item->next;
	world.count++;
}

static void
unlink_item(struct loop_task **at)
{
	struct loop_task *item = *at;

	*at = item->next;
	if (world.end == &item->next)
		world.end = at;
	item->queued = false;
	world.count--;
}

void
world_forget(struct loop_task *item)
{
	struct loop_task **at = &world.first;

	if (!item->queued)
		return;
	while (*at != item)
		at = &(*at)->next;
	unlink_item(at);
}

static void
serve_ready(void)
{
	struct loop_task **at = &world.first, *item;
	uint64_t skip = world.shuffled ? world_random(world.count) : 0;

	while (skip-- > 0)
		at = &(*at)->next;
	item = *at;
	unlink_item(at);
	item->fn(item->arg);
}

/* ---- turns ------------------------------------------------------------ */

static bool
run_tasks(struct loop *l)
{
	struct loop_task *task;
	bool any = l->tasks != NULL, before = world_enter(true);

	while ((task = l->tasks) != NULL) {
		l->tasks = task->next;
		if (l->tasks == NULL)
			l->tasks_end = &l->tasks;
		task->queued = false;
		task->fn(task->arg);
	}
	world_leave(before);
	return any;
}

static bool
run_all_tasks(void)
{
	struct loop *l;
	bool any = false;

	for (l = world.loops; l; l = l->next)
		any = run_tasks(l) || any;
	return any;
}

static bool
choose_timer(void)
{
	if (world.count == 0)
		return true;
	if (world.shuffled)
		return world_random(2) == 0;
	world.timers_next = !world.timers_next;
	return world.timers_next;
}

/* Serves one thing; false when there is nothing to do at this time. */
static bool
serve_one(void)
{
	bool due = timer_next_ns() <= clock_now_ns();

	if (!due && world.count == 0)
		return run_all_tasks();
	if (timer_is_pressing() || (due && choose_timer()))
		timer_fire();
	else
		serve_ready();
	if (!world.shuffled || world_random(2) == 0)
		run_all_tasks();
	return true;
}

void
fake_settle(void)
{
	while (serve_one())
		if (++world.served > RESTLESS)
			world_fail("it never comes to rest");
}

static bool
never(void *arg)
{
	(void)arg;
	return false;
}

bool
fake_run_until(bool (*done)(void *arg), void *arg, int64_t ns)
{
	int64_t until = clock_now_ns() + ns, next;

	for (;;) {
		fake_settle();
		if (done(arg))
			return true;
		next = timer_next_ns();
		if (next > until)
			break;
		clock_turn(next);
		world.served = 0;
	}
	clock_turn(until);
	return false;
}

void
fake_run(int64_t ns)
{
	fake_run_until(never, NULL, ns);
}

/* ---- platform.h ------------------------------------------------------- */

int
loop_new(struct loop **out)
{
	struct loop *l = calloc(1, sizeof(*l));

	*out = l;
	if (l == NULL)
		return ERR_NOMEM;
	l->tasks_end = &l->tasks;
	l->next = world.loops;
	world.loops = l;
	return 0;
}

void
loop_free(struct loop *l)
{
	struct loop **at = &world.loops;

	if (l == NULL)
		return;
	run_tasks(l);
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	free(l);
}

static bool
loop_is_stopped(void *arg)
{
	return ((struct loop *)arg)->stopped;
}

void
loop_run(struct loop *l)
{
	l->stopped = false;
	if (!fake_run_until(loop_is_stopped, l, INT64_MAX / 2))
		world_fail("a loop would wait for ever");
}

void
loop_stop(struct loop *l)
{
	l->stopped = true;
}

bool
fake_stopped(const struct loop *l)
{
	return l->stopped;
}

void
loop_on_signal(
    struct loop *l, void (*fn)(void *arg, enum loop_signal signal), void *arg)
{
	l->on_signal = fn;
	l->signal_arg = arg;
}

void
fake_signal(struct loop *l, enum loop_signal signal)
{
	bool before = world_enter(true);

	if (l == NULL)
		l = world.loops;
	if (l->on_signal)
		l->on_signal(l->signal_arg, signal);
	world_leave(before);
	fake_settle();
}

void
loop_defer(struct loop *l, struct loop_task *task)
{
	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	*l->tasks_end = task;
	l->tasks_end = &task->next;
}
