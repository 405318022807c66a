#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "tests/fake/world.h"

struct timer {
	struct timer *next, **at; /* in the list of those that are set */
	struct loop *loop;        /* NULL: the test's */
	enum timer_precision precision;
	void (*fn)(void *arg);
	void *arg;
	int64_t when_ns; /* as it was set */
	/* The same by clock_now_ns(), or when it was set for the past. A
	 * daemon's coarse timers go by clock_awake_ns(). */
	int64_t due_ns;
	struct loop_task release;
};

/* The timers that are set, by precision; the one that is due first stands
 * first. */
static struct timer *lists[TIMER_PRECISE + 1];
static size_t count;

void
timer_begin(void)
{
	memset(lists, 0, sizeof(lists));
	count = 0;
}

static int64_t
next_of(enum timer_precision precision)
{
	return lists[precision] ? lists[precision]->due_ns : INT64_MAX;
}

int64_t
timer_next_ns(void)
{
	int64_t coarse = next_of(TIMER_COARSE),
		precise = next_of(TIMER_PRECISE);

	return coarse < precise ? coarse : precise;
}

bool
timer_is_pressing(void)
{
	return next_of(TIMER_PRECISE) <= clock_now_ns();
}

size_t
timer_count(void)
{
	return count;
}

static void
unset(struct timer *t)
{
	if (t->at == NULL)
		return;
	*t->at = t->next;
	if (t->next)
		t->next->at = t->at;
	t->at = NULL;
}

static bool
is_patient(const struct timer *t)
{
	return t->loop && t->precision == TIMER_COARSE;
}

static void
insert(struct timer *t)
{
	struct timer **at = &lists[t->precision];

	while (*at && (*at)->due_ns <= t->due_ns)
		at = &(*at)->next;
	t->at = at;
	t->next = *at;
	if (t->next)
		t->next->at = &t->next;
	*at = t;
}

static void
set(struct timer *t)
{
	int64_t now = clock_now_ns();

	t->due_ns = t->when_ns;
	if (is_patient(t))
		t->due_ns += now - clock_awake_ns();
	if (t->due_ns < now)
		t->due_ns = now;
	insert(t);
}

void
timer_shift(int64_t ns)
{
	struct timer *t = lists[TIMER_COARSE], *next;

	lists[TIMER_COARSE] = NULL;
	for (; t; t = next) {
		next = t->next;
		if (is_patient(t))
			t->due_ns += ns;
		insert(t);
	}
}

void
timer_fire(void)
{
	struct timer *t =
	    lists[timer_is_pressing() ? TIMER_PRECISE : TIMER_COARSE];
	bool before = world_enter(t->loop != NULL);

	unset(t);
	t->when_ns = INT64_MAX;
	t->fn(t->arg);
	world_leave(before);
}

int
timer_new(struct loop *l, enum timer_precision precision, void (*fn)(void *arg),
    void *arg, struct timer **out)
{
	struct timer *t = calloc(1, sizeof(*t));

	*out = t;
	if (t == NULL)
		return ERR_NOMEM;
	*t = (struct timer){ .loop = l,
		.precision = precision,
		.fn = fn,
		.arg = arg,
		.when_ns = INT64_MAX };
	count += l != NULL;
	return 0;
}

void
timer_free(struct timer *t)
{
	if (t == NULL)
		return;
	unset(t);
	if (t->loop == NULL) {
		free(t);
		return;
	}
	count--;
	t->release = (struct loop_task){ .fn = free, .arg = t };
	loop_defer(t->loop, &t->release);
}

void
timer_at(struct timer *t, int64_t when_ns)
{
	if (t->when_ns == when_ns)
		return;
	unset(t);
	t->when_ns = when_ns;
	if (when_ns != INT64_MAX)
		set(t);
}
