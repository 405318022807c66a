/*
 * One worker: an engine program as a child process that does one job at a
 * time (docs/ENGINE.md, common/sound/frame.h).
 */
#ifndef TTSD_POOL_WORKER_H
#define TTSD_POOL_WORKER_H

#include "common/child/child.h"
#include "common/lines.h"
#include "common/parcel.h"
#include "common/sound/frame.h"
#include "ttsd/pool/job.h"

struct worker;

/* What a worker tells its pool. */
struct worker_events {
	/* The worker left the state `from`; `reason` may be "". */
	void (*changed)(void *arg, struct worker *w, enum child_state from,
	    const char *reason);
	/* The worker is warm, and says what it can. Returns false when this is
	 * no engine for the pool; the worker is then killed. */
	bool (*hello)(void *arg, json_t *hello);
	/* The worker has done `job`, or could not, and `failure` says why; the
	 * job ends next. */
	void (*done)(
	    void *arg, const struct job *job, const struct failure *failure);
	/* The worker is idle again. */
	void (*idle)(void *arg);
	/* The worker crashed over `job`, or was killed because it made no
	 * progress with it; the job is the pool's again. */
	void (*lost)(void *arg, struct job *job, const struct failure *failure);
};

/* What all workers of a pool have in common; outlives them. */
struct worker_kind {
	struct loop *loop;
	const char *engine; /* name of the engine, for the log */
	char **argv;        /* the program, NULL-terminated */
	const char *secret; /* a variable that no other child gets; "": none */
	struct child_limits limits;
	const struct worker_events *events;
	void *arg;
};

struct worker {
	struct worker *next; /* in the pool's list */
	const struct worker_kind *kind;
	struct child child;
	struct process *process;
	struct timer *timer;
	struct buf in;    /* bytes of frames that are not parsed yet */
	struct lines err; /* its standard error, in lines */
	struct buf out;   /* a request that its pipe has not taken yet */
	struct job *job;  /* NULL: idle */
	bool stale;       /* it is to be started afresh when idle */
	bool surplus;     /* beyond the warm ones: it ends after a while */
	bool forgiven;    /* it crashed over a job, and has done none since */
	int64_t idle_since_ns;
	uint64_t jobs;       /* how many it has done */
	char complaint[160]; /* why the pool killed it; "": it did not */
	char reason[200];    /* why it ended last */
	struct log_limit log_budget;
	struct loop_task release;
};

/* Makes a worker in the state `stopped`. `surplus` is for the pool's own use.
 * Fails with ERR_NOMEM. */
int worker_new(
    const struct worker_kind *kind, bool surplus, struct worker **out);
/* Has it go on with the process, and the job in hand, of a worker of an earlier
 * ttsd; it is stale. Fails as process_take_over(). */
int worker_take_over(struct worker *w, struct parcel *p, const json_t *process);
/* Kills the worker's process. The caller takes care of its job first. */
void worker_free(struct worker *w);

void worker_feed(struct worker *w, enum child_event event);

/* Is the worker ready, with nothing to do? */
bool worker_idle(const struct worker *w);
/* Without memory it fails, and the job is still the caller's: whoever submits a
 * job is not told of its end before that has returned. */
int worker_assign(struct worker *w, struct job *job);
/* Tells the worker that its job is not wanted any more; it is idle once it has
 * answered. */
void worker_cancel(struct worker *w);
/* Tells it the same, and returns the job, which is the caller's again. NULL
 * without memory: the worker goes on with it. */
struct job *worker_take_back(struct worker *w);
void worker_hold(struct worker *w, bool held);
/* Starts the worker's program afresh, once it has nothing to do. */
void worker_reload(struct worker *w);

#endif
