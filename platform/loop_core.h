/*
 * The loops of all systems have in common libev's loop, and what is put off
 * until a callback has returned.
 */
#ifndef PLATFORM_LOOP_CORE_H
#define PLATFORM_LOOP_CORE_H

#include <ev.h>

#include "platform/platform.h"

/* A loop runs at least this often. */
#define LOOP_BEAT_NS (NS_PER_S / 2)

/* The first member of every struct loop. */
struct loop_core {
	struct ev_loop *ev;
	void (*on_signal)(void *arg, enum loop_signal signal);
	void *signal_arg;
	struct ev_timer beat; /* for clock_awake_ns() */
	struct ev_io defer;   /* never started; fed to run the tasks */
	struct loop_task *tasks, **tasks_end;
};

struct loop_core *loop_core(struct loop *l);

/* Begins with `ev`, which it takes over. */
void loop_core_init(struct loop_core *c, struct ev_loop *ev);
/* Ends it. The caller has run the tasks. */
void loop_core_done(struct loop_core *c);

void loop_core_run_tasks(struct loop_core *c);
void loop_core_signal(struct loop_core *c, enum loop_signal signal);

#endif
