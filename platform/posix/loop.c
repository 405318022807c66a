#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/err.h"
#include "platform/loop_memory.h"
#include "platform/posix/posix.h"
#include "platform/succession.h"

static void
loop_signalled(struct ev_loop *ev, ev_signal *w, int revents)
{
	struct loop *l = w->data;

	(void)ev;
	(void)revents;
	loop_core_signal(&l->core, w->signum == SIGHUP    ? LOOP_RELOAD
				   : w->signum == SIGUSR2 ? LOOP_UPGRADE
							  : LOOP_TERMINATE);
}

static void
watch_signal(struct loop *l, ev_signal *w, int signum)
{
	ev_signal_init(w, loop_signalled, signum);
	w->data = l;
	ev_signal_start(l->core.ev, w);
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
	struct ev_loop *ev;

	*out = NULL;
	ev_set_allocator(loop_memory);
	/* libev tells the default loop only of children. */
	ev = ev_default_loop(EVFLAG_AUTO);
	if (l == NULL || ev == NULL) {
		free(l);
		return ERR_NOMEM;
	}
	loop_core_init(&l->core, ev);
	signal(SIGPIPE, SIG_IGN);
	raise_file_limit();
	watch_signal(l, &l->term, SIGTERM);
	watch_signal(l, &l->interrupt, SIGINT);
	watch_signal(l, &l->hangup, SIGHUP);
	watch_signal(l, &l->user, SIGUSR2);
	succession_hold_signals(false);
	*out = l;
	return 0;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	loop_core_run_tasks(&l->core);
	ev_signal_stop(l->core.ev, &l->term);
	ev_signal_stop(l->core.ev, &l->interrupt);
	ev_signal_stop(l->core.ev, &l->hangup);
	ev_signal_stop(l->core.ev, &l->user);
	loop_core_done(&l->core);
	free(l);
}
