#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/err.h"
#include "common/list.h"
#include "ttsd/pool/engine_argv.h"
#include "ttsd/pool/engine_internal.h"

/* How long a pool may be without a worker until its jobs fail. */
#define WORKERLESS_NS (30 * NS_PER_S)
/* A surplus worker ends after so long without a job. */
#define SURPLUS_IDLE_NS (30 * NS_PER_S)
#define HOUSEKEEPING_NS NS_PER_S
/* For so long after a failure the engine's fallback is asked at once. */
#define AILING_NS (30 * NS_PER_S)

static const int64_t synthesis_bounds_ns[] = { 2 * NS_PER_MS, 5 * NS_PER_MS,
	10 * NS_PER_MS, 25 * NS_PER_MS, 50 * NS_PER_MS, 100 * NS_PER_MS,
	250 * NS_PER_MS, 500 * NS_PER_MS, 1 * NS_PER_S, 2500 * NS_PER_MS,
	5 * NS_PER_S, 10 * NS_PER_S, 30 * NS_PER_S, INT64_MAX };

const char *
engine_name(const struct engine *e)
{
	return e->conf->block.name;
}

const struct engine_type *
engine_type(const struct engine *e)
{
	return engine_type_of(e->conf);
}

void
engine_set_fallback(struct engine *e, struct engine *second)
{
	e->fallback = second;
}

struct engine *
engine_fallback(const struct engine *e)
{
	return e->fallback;
}

bool
engine_is_ailing(const struct engine *e)
{
	return clock_awake_ns() < e->ailing_until_ns;
}

uint64_t
engine_prebuffer_ms(const struct engine *e)
{
	return (uint64_t)(e->conf->prebuffer_ns / NS_PER_MS);
}

/* ---- setting up ------------------------------------------------------- */

static void housekeeping(void *arg);
static const struct worker_events worker_events;

void
engine_want_housekeeping(struct engine *e, int64_t now_ns)
{
	if (e->housekeeping_ns != INT64_MAX)
		return;
	e->housekeeping_ns = now_ns + HOUSEKEEPING_NS;
	timer_at(e->housekeeping, e->housekeeping_ns);
}

int
engine_new(struct loop *l, const struct conf_engine *conf,
    const struct conf_ttsd *common, const struct engine_events *events,
    void *arg, struct engine **out)
{
	struct engine *e = calloc(1, sizeof(*e));
	int rc;

	*out = NULL;
	if (e == NULL)
		return ERR_NOMEM;
	*e = (struct engine){ .conf = conf,
		.common = common,
		.events = events,
		.arg = arg,
		.housekeeping_ns = INT64_MAX,
		.kind = { .loop = l,
		    .engine = conf->block.name,
		    .argv = engine_argv(conf, common),
		    .secret = conf->key_env,
		    .limits = { .start_ns = 10 * NS_PER_S,
			.stall_ns = conf->timeout_ns,
			.grace_ns = NS_PER_S,
			.healthy_ns = 10 * NS_PER_S,
			.reject_ns = 60 * NS_PER_S },
		    .events = &worker_events,
		    .arg = e },
		.is_new = true,
		.complaints = { .every_ns = 60 * NS_PER_S, .burst = 10 } };
	job_line_init(&e->waiting);
	histogram_init(&e->counters.first_sound, synthesis_bounds_ns);
	histogram_init(&e->counters.synthesis, synthesis_bounds_ns);
	rc = e->kind.argv ? process_reserve(conf->key_env) : ERR_NOMEM;
	if (rc == 0)
		rc = timer_new(
		    l, TIMER_COARSE, housekeeping, e, &e->housekeeping);
	if (rc < 0) {
		engine_free(e);
		return rc;
	}
	*out = e;
	return 0;
}

int
engine_add_worker(struct engine *e, bool surplus)
{
	struct worker *w;
	int rc = worker_new(&e->kind, surplus, &w);

	if (rc < 0) {
		if (log_allow(&e->complaints, clock_awake_ns()))
			log_warning("engine=%s has no more workers reason=%s",
			    engine_name(e), log_quote(err_text(rc)));
		return rc;
	}
	w->next = e->workers;
	e->workers = w;
	e->count++;
	worker_feed(w, CHILD_START);
	return 0;
}

static void
warm_up(struct engine *e)
{
	while (e->count < (size_t)e->common->workers &&
	       engine_add_worker(e, false) == 0)
		;
}

void
engine_start(struct engine *e)
{
	if (e->started_ns || e->stopping)
		return;
	e->started_ns = e->able_ns = clock_awake_ns();
	warm_up(e);
	engine_want_housekeeping(e, e->started_ns);
}

static void
remove_worker(struct engine *e, struct worker *w)
{
	LIST_REMOVE(e->workers, w);
	e->count--;
	worker_free(w);
}

bool
engine_stop(struct engine *e)
{
	struct worker *w;
	bool gone = true;

	e->stopping = true;
	for (w = e->workers; w; w = w->next) {
		/* Also one that is ending already: it was to begin afresh. */
		worker_feed(w, CHILD_STOP);
		gone = gone && w->child.state == CHILD_STOPPED;
	}
	return gone;
}

void
engine_discard(struct job *job)
{
	job->events = NULL;
	job_done(job, NULL);
}

void
engine_free(struct engine *e)
{
	struct job *job;

	if (e == NULL)
		return;
	e->stopping = true;
	while ((job = e->waiting.first) != NULL) {
		job_line_remove(&e->waiting, job);
		engine_discard(job);
	}
	while (e->workers) {
		if (e->workers->job)
			engine_discard(e->workers->job);
		remove_worker(e, e->workers);
	}
	timer_free(e->housekeeping);
	json_decref(e->hello);
	words_free(e->kind.argv);
	free(e);
}

void
engine_reload(struct engine *e)
{
	struct worker *w;

	e->hello_stale = true;
	e->failing = false;
	if (e->started_ns == 0)
		return;
	e->started_ns = clock_awake_ns();
	for (w = e->workers; w; w = w->next)
		worker_reload(w);
	engine_want_housekeeping(e, e->started_ns);
}

/* ---- what workers report ---------------------------------------------- */

static void
log_worker(struct engine *e, const struct worker *w, enum child_state from,
    const char *reason)
{
	bool failed = w->child.state == CHILD_BACKOFF && !e->stopping &&
		      log_allow(&e->complaints, clock_awake_ns());

	log_write(failed ? LOG_WARNING : LOG_DEBUG,
	    "engine=%s worker %s->%s%s%s", engine_name(e),
	    child_state_name(from), child_state_name(w->child.state),
	    reason[0] ? " reason=" : "", reason[0] ? log_quote(reason) : "");
}

static void
worker_changed(
    void *arg, struct worker *w, enum child_state from, const char *reason)
{
	struct engine *e = arg;
	enum child_state to = w->child.state;

	if (from == CHILD_RUNNING)
		e->able_ns = clock_awake_ns();
	if (to == CHILD_BACKOFF)
		e->failing = !engine_is_known(e);
	if (to == CHILD_STARTING && from == CHILD_BACKOFF)
		e->counters.restarts++;
	log_worker(e, w, from, reason);
	e->events->worker(e->arg, engine_name(e),
	    w->process ? process_pid(w->process) : 0, child_state_name(from),
	    child_state_name(to), reason);
	if (to == CHILD_RUNNING)
		engine_dispatch(e);
	if (to == CHILD_RUNNING || to == CHILD_BACKOFF || e->stopping)
		e->events->changed(e->arg);
}

static bool
worker_hello(void *arg, json_t *hello)
{
	struct engine *e = arg;
	const json_t *protocol = json_object_get(hello, "protocol");

	if (json_integer_value(protocol) != FRAME_PROTOCOL)
		return false;
	if (engine_is_known(e))
		return true;
	json_decref(e->hello);
	e->hello = json_incref(hello);
	e->hello_stale = false;
	return true;
}

static void
worker_idles(void *arg)
{
	engine_dispatch(arg);
}

/* What is not for the air has no say in who speaks there. */
static void
engine_ails(struct engine *e, const struct job *job)
{
	if (job->rank == JOB_ON_AIR)
		e->ailing_until_ns = clock_awake_ns() + AILING_NS;
}

static void
count_made(struct engine_counters *c, const struct job *job)
{
	if (job->endless || job->events == NULL || job->rank != JOB_ON_AIR)
		return;
	/* An empty text is no sound at all. */
	if (job->first_sound_ns > 0)
		histogram_add(&c->first_sound, job->first_sound_ns);
	histogram_add(&c->synthesis, clock_awake_ns() - job->submitted_ns);
}

static void
worker_did(void *arg, const struct job *job, const struct failure *failure)
{
	struct engine *e = arg;

	if (failure == NULL) {
		e->ailing_until_ns = 0;
		count_made(&e->counters, job);
	} else if (failure_is_engines(failure->code)) {
		engine_ails(e, job);
	}
}

/* Fails a job for a reason of the pool's own; no engine has said anything. */
static void
fail_job(struct job *job, const char *why)
{
	const struct failure failure = { FAILURE_UNAVAILABLE, why };

	job_done(job, &failure);
}

static void
job_lost(void *arg, struct job *job, const struct failure *failure)
{
	struct engine *e = arg;
	char text[200];

	/* A crash is the job's fault before it is the engine's. */
	if (failure->code != FAILURE_CRASHED)
		engine_ails(e, job);
	job_begin_again(job);
	if (job->events == NULL || e->stopping) {
		fail_job(job, "ttsd is stopping");
		return;
	}
	if (job->tries >= JOB_TRIES || job->endless) {
		snprintf(text, sizeof(text),
		    "%u workers of engine '%s' were lost over it; the last "
		    "one: %.80s",
		    job->tries, engine_name(e), failure->text);
		fail_job(job, text);
		return;
	}
	job->deadline_ns = clock_awake_ns() + ONE_MORE_TRY_NS;
	job_line_push_first(&e->waiting, job);
	engine_dispatch(e);
}

static const struct worker_events worker_events = {
	.changed = worker_changed,
	.hello = worker_hello,
	.done = worker_did,
	.idle = worker_idles,
	.lost = job_lost,
};

/* ---- housekeeping ----------------------------------------------------- */

/* A worker runs that is free, or will be: music has no end. */
static bool
is_able(const struct engine *e)
{
	const struct worker *w;

	for (w = e->workers; w; w = w->next)
		if (w->child.state == CHILD_RUNNING &&
		    !(w->job && w->job->endless))
			return true;
	return false;
}

static void
fail_stranded_jobs(struct engine *e, int64_t now_ns)
{
	char text[200];
	struct job *job;

	if (is_able(e))
		e->able_ns = now_ns;
	if (now_ns < e->able_ns + WORKERLESS_NS)
		return;
	while ((job = e->waiting.first) != NULL && job->deadline_ns <= now_ns) {
		snprintf(text, sizeof(text),
		    "no worker of engine '%s' became ready: %.80s",
		    engine_name(e), engine_last_error(e));
		e->ailing_until_ns = now_ns + AILING_NS;
		job_line_remove(&e->waiting, job);
		fail_job(job, text);
	}
}

static void
retire_surplus(struct engine *e, int64_t now_ns)
{
	struct worker *w, *next;

	for (w = e->workers; w; w = next) {
		next = w->next;
		if (!w->surplus)
			continue;
		if (w->child.state == CHILD_STOPPED)
			remove_worker(e, w);
		else if (w->job == NULL && w->child.state != CHILD_STOPPING &&
			 now_ns - w->idle_since_ns >= SURPLUS_IDLE_NS)
			worker_feed(w, CHILD_STOP);
	}
}

static void
housekeeping(void *arg)
{
	struct engine *e = arg;
	int64_t now = clock_awake_ns();

	e->housekeeping_ns = INT64_MAX;
	if (e->stopping)
		return;
	if (!engine_is_known(e))
		e->events->changed(e->arg);
	fail_stranded_jobs(e, now);
	retire_surplus(e, now);
	/* These try again what there was no memory for at its time. */
	warm_up(e);
	engine_dispatch(e);
	if (!engine_is_known(e) || e->count != (size_t)e->common->workers)
		engine_want_housekeeping(e, now);
}
