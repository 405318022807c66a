/* What engine.c (a pool at work) and engine_status.c (what is known of it)
 * share. */
#ifndef TTSD_POOL_ENGINE_INTERNAL_H
#define TTSD_POOL_ENGINE_INTERNAL_H

#include "ttsd/pool/engine.h"
#include "ttsd/pool/worker.h"

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

#endif
