/*
 * One worker: an engine program as a child process that does one job at a
 * time (docs/ENGINE.md, common/frame.h).
 */
#ifndef TTSD_WORKER_H
#define TTSD_WORKER_H

#include "common/child.h"
#include "common/frame.h"
#include "ttsd/job.h"

struct worker {
	struct worker *next;
	struct engine *engine;
	struct child child;
	struct process *process;
	struct timer *timer;
	struct buf in;   /* frames from it, not yet parsed */
	struct buf out;  /* a request that its pipe has not taken yet */
	struct job *job; /* NULL: idle */
	bool surplus;    /* beyond the warm ones: ends after a while */
	int64_t idle_since_ns;
	uint64_t jobs;       /* done */
	char complaint[160]; /* why it was killed, where we did it */
	char reason[200];    /* of the last end */
	struct log_limit log_budget;
	struct loop_task release;
};

int worker_new(
    struct loop *l, struct engine *e, bool surplus, struct worker **out);
/* Kills its process. A job it has is the caller's to look after first. */
void worker_free(struct worker *w);

void worker_feed(struct worker *w, enum child_event event);

/* Ready and with nothing to do. */
bool worker_idle(const struct worker *w);
void worker_assign(struct worker *w, struct job *job);
/* The job is not wanted any more; the worker is idle once it says so. */
void worker_cancel(struct worker *w);
void worker_hold(struct worker *w, bool held);

/* ---- what the engine answers (engine.c) ------------------------------- */

struct loop *engine_loop(const struct engine *e);
/* The program and its arguments, NULL-terminated. */
const char *const *engine_argv(const struct engine *e);
const struct child_limits *engine_child_limits(const struct engine *e);

void engine_worker_changed(struct engine *e, struct worker *w,
    enum child_state from, const char *reason);
/* Takes over `hello`. False: the program is not one of ours. */
bool engine_worker_hello(struct engine *e, struct worker *w, json_t *hello);
void engine_worker_idle(struct engine *e, struct worker *w);
/* `w` is gone in the midst of `job`, for `reason`. */
void engine_job_lost(struct engine *e, struct job *job, const char *reason);

#endif
