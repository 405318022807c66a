#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/err.h"
#include "platform/posix/posix.h"

static void
signalled(struct ev_loop *ev, ev_signal *w, int revents)
{
	struct loop *l = w->data;

	(void)ev;
	(void)revents;
	if (l->on_signal)
		l->on_signal(l->signal_arg,
		    w->signum == SIGHUP ? LOOP_RELOAD : LOOP_TERMINATE);
}

static void
watch_signal(struct loop *l, ev_signal *w, int signum)
{
	ev_signal_init(w, signalled, signum);
	w->data = l;
	ev_signal_start(l->ev, w);
}

static void
run_tasks(struct ev_loop *ev, struct ev_io *w, int revents)
{
	struct loop *l = w->data;
	struct loop_task *task;

	(void)ev;
	(void)revents;
	while ((task = l->tasks) != NULL) {
		l->tasks = task->next;
		if (l->tasks == NULL)
			l->tasks_end = &l->tasks;
		task->queued = false;
		task->fn(task->arg);
	}
}

/* Hundreds of subscribers need more than the customary 1,024. */
static void
raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int
loop_new(struct loop **out)
{
	struct loop *l = calloc(1, sizeof(*l));

	*out = NULL;
	if (l == NULL)
		return ERR_NOMEM;
	/* Only the default loop hears of children. */
	l->ev = ev_default_loop(EVFLAG_AUTO);
	if (l->ev == NULL) {
		free(l);
		return ERR_NOMEM;
	}
	signal(SIGPIPE, SIG_IGN);
	raise_file_limit();
	watch_signal(l, &l->term, SIGTERM);
	watch_signal(l, &l->interrupt, SIGINT);
	watch_signal(l, &l->hangup, SIGHUP);
	ev_init(&l->defer, run_tasks);
	l->defer.data = l;
	l->tasks_end = &l->tasks;
	*out = l;
	return 0;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	run_tasks(l->ev, &l->defer, 0);
	ev_signal_stop(l->ev, &l->term);
	ev_signal_stop(l->ev, &l->interrupt);
	ev_signal_stop(l->ev, &l->hangup);
	ev_clear_pending(l->ev, &l->defer);
	ev_loop_destroy(l->ev);
	free(l);
}

void
loop_run(struct loop *l)
{
	ev_run(l->ev, 0);
}

void
loop_stop(struct loop *l)
{
	ev_break(l->ev, EVBREAK_ALL);
}

void
loop_on_signal(
    struct loop *l, void (*fn)(void *arg, enum loop_signal signal), void *arg)
{
	l->on_signal = fn;
	l->signal_arg = arg;
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
	ev_feed_event(l->ev, &l->defer, EV_CUSTOM);
}
