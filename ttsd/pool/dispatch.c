/* Which worker does which job, and when. */
#include "common/err.h"
#include "ttsd/pool/engine_internal.h"

static struct worker *
find_idle(const struct engine *e)
{
	struct worker *w;

	for (w = e->workers; w; w = w->next)
		if (worker_idle(w))
			return w;
	return NULL;
}

/* How many workers the pool may have. Music occupies a worker for good; it gets
 * one of its own beyond the configured number, or speech would wait behind it
 * for ever. */
static size_t
most_workers(const struct engine *e)
{
	size_t most = (size_t)e->common->workers_max;
	const struct worker *w;
	const struct job *job;

	for (w = e->workers; w; w = w->next)
		most += w->job && w->job->endless;
	for (job = e->waiting.first; job; job = job->next)
		most += job->endless;
	return most;
}

/* Adds a worker for each job that waits, unless one is on its way already or
 * the pool is in trouble: more of the same would not help then. */
static void
grow(struct engine *e)
{
	size_t wanted = job_line_count(&e->waiting), most = most_workers(e);
	struct worker *w;

	for (w = e->workers; w; w = w->next) {
		if (w->child.state == CHILD_BACKOFF)
			return;
		if (w->child.state == CHILD_STARTING && wanted > 0)
			wanted--;
	}
	while (wanted-- > 0 && e->count < most)
		if (engine_add_worker(e, true) < 0)
			return;
}

/* May a job that is not for the air have another worker? Not the last that
 * runs, of several. Music has its own. */
static bool
has_worker_aside(const struct engine *e)
{
	size_t all = 0, able = 0, aside = 0;
	const struct worker *w;

	for (w = e->workers; w; w = w->next) {
		if (w->job && w->job->endless)
			continue;
		all++;
		able += w->child.state == CHILD_RUNNING;
		aside += w->job && w->job->rank == JOB_ASIDE;
	}
	return aside + 1 < able || (all == 1 && aside == 0);
}

/* Whose turn is it? NULL: nobody's, for now. */
static struct job *
next_job(const struct engine *e)
{
	struct job *job = e->waiting.first;

	return job && job->rank == JOB_ASIDE && !has_worker_aside(e) ? NULL
								     : job;
}

/* Takes the worker's job from it, to be begun again in its turn. */
static bool
put_back(struct engine *e, struct worker *w)
{
	struct job *job = worker_take_back(w);

	if (job == NULL)
		return false;
	job_begin_again(job);
	job->tries--;
	job->deadline_ns = clock_awake_ns() + ONE_MORE_TRY_NS;
	job_line_push_first(&e->waiting, job);
	return true;
}

/* Takes workers from what is not for the air, for what is and waits: as many as
 * do not come free already. */
static void
make_way(struct engine *e)
{
	size_t wanted = e->waiting.counts[JOB_ON_AIR];
	struct worker *w;

	for (w = e->workers; w && wanted > 0; w = w->next)
		wanted -= w->job && w->job->events == NULL;
	for (w = e->workers; w && wanted > 0; w = w->next)
		if (w->child.state == CHILD_RUNNING && w->job &&
		    w->job->events && w->job->rank == JOB_ASIDE)
			wanted -= put_back(e, w);
}

void
engine_dispatch(struct engine *e)
{
	struct worker *w;
	struct job *job;
	int rc = 0;

	while (rc == 0 && (job = next_job(e)) != NULL &&
	       (w = find_idle(e)) != NULL) {
		job_line_remove(&e->waiting, job);
		rc = worker_assign(w, job);
		if (rc < 0)
			job_line_push_first(&e->waiting, job);
	}
	if (rc < 0 && log_allow(&e->complaints, clock_awake_ns()))
		log_warning("engine=%s gets its next job later: %s",
		    engine_name(e), err_text(rc));
	if (job_line_count(&e->waiting) == 0 || e->stopping)
		return;
	if (rc == 0) {
		make_way(e);
		grow(e);
	}
	engine_want_housekeeping(e, clock_awake_ns());
}

int
engine_submit(struct engine *e, const struct job_order *order,
    const struct job_events *events, void *arg, struct job **out)
{
	struct job *job = job_new(e, ++e->jobs, order, events, arg);

	*out = job;
	if (job == NULL)
		return ERR_NOMEM;
	job->submitted_ns = clock_awake_ns();
	job->deadline_ns = job->submitted_ns + ONE_MORE_TRY_NS;
	job_line_push(&e->waiting, job);
	engine_start(e);
	engine_dispatch(e);
	return 0;
}

void
job_cancel(struct job *job)
{
	if (job == NULL)
		return;
	job->events = NULL;
	if (job->worker) {
		worker_cancel(job->worker);
	} else {
		job_line_remove(&job->engine->waiting, job);
		engine_discard(job);
	}
}

bool
job_waits(const struct job *job)
{
	return job->worker == NULL;
}

void
job_hold(struct job *job, bool held)
{
	if (job->held == held)
		return;
	job->held = held;
	if (held)
		job->held_since_ns = clock_awake_ns();
	else
		job->submitted_ns += clock_awake_ns() - job->held_since_ns;
	if (job->worker)
		worker_hold(job->worker, held);
}
