/*
 * One worker: an engine program as a child process that does one job at a
 * time (docs/ENGINE.md, common/frame.h).
 */
#ifndef TTSD_POOL_WORKER_H
#define TTSD_POOL_WORKER_H

#include "common/child/child.h"
#include "common/frame.h"
#include "common/lines.h"
#include "ttsd/pool/job.h"

struct worker;

/* What a worker tells its pool. */
struct worker_events {
	/* Its state is another one than `from`; `reason` may be "". */
	void (*changed)(void *arg, struct worker *w, enum child_state from,
	    const char *reason);
	/* It is warm, and says what it can; false: not one of ours. */
	bool (*hello)(void *arg, json_t *hello);
	/* It has done `job`, which ends next, and somebody still wants it. */
	void (*made)(void *arg, const struct job *job);
	/* It has done its job, or could not: `failure`, else NULL. */
	void (*idle)(void *arg, const struct failure *failure);
	/* It crashed over `job`, or was killed because it made no progress
	 * with it; the job is the pool's again. */
	void (*lost)(void *arg, struct job *job, const struct failure *failure);
};

/* What all workers of a pool have in common; outlives them. */
struct worker_kind {
	struct loop *loop;
	const char *engine; /* its name, for the log */
	char **argv;        /* the program, NULL-terminated */
	const char *secret; /* the variable that it alone has; "": none */
	struct child_limits limits;
	const struct worker_events *events;
	void *arg;
};

struct worker {
	struct worker *next; /* the pool's */
	const struct worker_kind *kind;
	struct child child;
	struct process *process;
	struct timer *timer;
	struct buf in;    /* frames from it, not yet parsed */
	struct lines err; /* what it says */
	struct buf out;   /* a request that its pipe has not taken yet */
	struct job *job;  /* NULL: idle */
	bool stale;       /* to be started afresh when idle */
	bool surplus;     /* beyond the warm ones: ends after a while */
	bool forgiven;    /* has crashed over a job, and done none since */
	int64_t idle_since_ns;
	uint64_t jobs;       /* done */
	char complaint[160]; /* why it was killed, where we did it */
	char reason[200];    /* of the last end */
	struct log_limit log_budget;
	struct loop_task release;
};

/* Stopped at first. `surplus`: for the pool's own use. */
int worker_new(
    const struct worker_kind *kind, bool surplus, struct worker **out);
/* Kills its process. A job it has is the caller's to look after first. */
void worker_free(struct worker *w);

void worker_feed(struct worker *w, enum child_event event);

/* Ready and with nothing to do. */
bool worker_idle(const struct worker *w);
void worker_assign(struct worker *w, struct job *job);
/* The job is not wanted any more; the worker is idle once it says so. */
void worker_cancel(struct worker *w);
void worker_hold(struct worker *w, bool held);
/* Starts its program afresh, once it has nothing to do. */
void worker_reload(struct worker *w);

#endif
