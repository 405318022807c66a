/* What engine.c (a pool at work), dispatch.c (who does what) and
 * engine_status.c (what is known of it) share. */
#ifndef TTSD_POOL_ENGINE_INTERNAL_H
#define TTSD_POOL_ENGINE_INTERNAL_H

#include "ttsd/pool/engine.h"
#include "ttsd/pool/worker.h"

/* A job that comes later than that waits for one more try to start a worker:
 * longer than any back-off of theirs. */
#define ONE_MORE_TRY_NS (6 * NS_PER_S)

struct engine {
	const struct conf_engine *conf;
	const struct conf_ttsd *common;
	const struct engine_events *events;
	void *arg;

	struct worker_kind kind;
	struct worker *workers;
	size_t count;
	struct job_line waiting;
	uint64_t jobs;      /* numbered so far */
	json_t *hello;      /* of the first worker; NULL before */
	bool hello_stale;   /* it is of before a reload, or an upgrade */
	bool is_new;        /* the ttsd before had none such */
	int64_t started_ns; /* 0: not started */
	bool failing;       /* a worker failed before any said hello */
	struct engine *fallback;
	int64_t ailing_until_ns;
	int64_t able_ns; /* when a worker could last be hoped for */
	bool stopping;
	struct timer *housekeeping;
	int64_t housekeeping_ns; /* its next time; INT64_MAX: none */
	struct log_limit complaints;
	struct engine_counters counters;
};

/* Gives jobs to workers that are idle, and sees to it that there will be some.
 */
void engine_dispatch(struct engine *e);
/* Fails as worker_new(), which the log tells. */
int engine_add_worker(struct engine *e, bool surplus);
/* Has a worker said hello since the engine was started, or reloaded? */
bool engine_is_known(const struct engine *e);
/* Has housekeeping run within a second, if not before. */
void engine_want_housekeeping(struct engine *e, int64_t now_ns);
/* Releases a job whose owner need not be told how it ends. */
void engine_discard(struct job *job);

#endif
