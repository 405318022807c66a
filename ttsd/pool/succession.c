#include "ttsd/pool/succession.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/list.h"
#include "common/record.h"
#include "ttsd/pool/engine_internal.h"

/* ---- handing over ----------------------------------------------------- */

static uint64_t
most_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

json_t *
job_hand_over(const struct job *job)
{
	return json_pack("{s:s, s:I, s:I, s:I}", "engine",
	    engine_name(job->engine), "number", (json_int_t)job->number,
	    "bytes", (json_int_t)most_of(job->bytes, job->bytes_before),
	    "marks", (json_int_t)most_of(job->marks, job->marks_before));
}

static const struct record_field job_fields[] = {
	RECORD_FIELD(RECORD_COUNT, job, number),
	RECORD_FIELD(RECORD_SMALL, job, tries),
	RECORD_FIELD(RECORD_BOOL, job, held),
	RECORD_FIELD(RECORD_BOOL, job, endless),
	RECORD_FIELD_SIZE(job, sample_bytes, PTRDIFF_MAX),
	RECORD_FIELD(RECORD_COUNT, job, bytes),
	RECORD_FIELD(RECORD_COUNT, job, bytes_before),
	RECORD_FIELD(RECORD_COUNT, job, marks),
	RECORD_FIELD(RECORD_COUNT, job, marks_before),
	RECORD_END,
};

/* A job as a worker has it. */
static json_t *
job_save(const struct job *job)
{
	json_t *o = record_save(job_fields, job);

	body_put(&o, "request", json_string(job->request));
	return o;
}

static json_t *
worker_save(const struct worker *w, struct parcel *p)
{
	json_t *o = json_object();

	body_put(&o, "process", process_hand_over(w->process, p));
	body_put(&o, "job", job_save(w->job));
	body_put(&o, "in", parcel_add(p, buf_data(&w->in), buf_len(&w->in)));
	body_put(&o, "out", parcel_add(p, buf_data(&w->out), buf_len(&w->out)));
	body_put(&o, "jobs", json_integer((json_int_t)w->jobs));
	return o;
}

/* Is it at work on something that somebody will want of the successor? */
static bool
is_busy(const struct worker *w)
{
	return w->child.state == CHILD_RUNNING && w->process && w->job &&
	       w->job->events && w->job->rank == JOB_ON_AIR &&
	       w->complaint[0] == '\0';
}

/* What is started as the engine, for it makes the same as long as that does not
 * change. */
static json_t *
program_save(const struct engine *e)
{
	json_t *list = json_array();
	char *const *word;

	for (word = e->kind.argv; *word; word++)
		body_append(&list, json_string(*word));
	return list;
}

json_t *
engine_hand_over(const struct engine *e, struct parcel *p)
{
	json_t *o = json_object(), *workers = json_array();
	const struct worker *w;

	for (w = e->workers; w; w = w->next)
		if (is_busy(w))
			body_append(&workers, worker_save(w, p));
	body_put(&o, "workers", workers);
	body_put(&o, "program", program_save(e));
	if (e->hello)
		body_put(&o, "hello", json_incref(e->hello));
	body_put(&o, "jobs", json_integer((json_int_t)e->jobs));
	body_put(
	    &o, "restarts", json_integer((json_int_t)e->counters.restarts));
	body_put(&o, "first_sound", histogram_save(&e->counters.first_sound));
	body_put(&o, "synthesis", histogram_save(&e->counters.synthesis));
	return o;
}

/* ---- taking over ------------------------------------------------------ */

/* Until it is taken over it is one that nobody wants. */
static int
job_restore(struct engine *e, const json_t *word, struct job **out)
{
	const char *request = body_string(word, "request");
	struct job *job = request ? calloc(1, sizeof(*job)) : NULL;
	int rc;

	*out = job;
	if (job == NULL)
		return request ? ERR_NOMEM : ERR_INVALID;
	*job = (struct job){ .engine = e,
		.request = strdup(request),
		/* Time counts from here on. */
		.submitted_ns = clock_awake_ns(),
		.held_since_ns = clock_awake_ns() };
	rc = record_load(job_fields, word, job);
	if (rc == 0 && job->request && job->sample_bytes > 0)
		return 0;
	*out = NULL;
	job_done(job, NULL);
	return ERR_INVALID;
}

static int
fill(struct buf *b, const struct parcel *p, const json_t *word)
{
	const uint8_t *data;
	size_t len;
	int rc = parcel_find(p, word, &data, &len);

	return rc == 0 && len > 0 ? buf_put(b, data, len) : rc;
}

static void
worker_discard(struct engine *e, struct worker *w)
{
	LIST_REMOVE(e->workers, w);
	e->count--;
	job_done(w->job, NULL);
	worker_free(w);
}

static int
worker_restore(struct engine *e, struct parcel *p, const json_t *word)
{
	struct worker *w;
	struct job *job;
	int rc = job_restore(e, json_object_get(word, "job"), &job);

	if (rc < 0)
		return rc;
	rc = worker_new(&e->kind, true, &w);
	if (rc < 0) {
		job_done(job, NULL);
		return rc;
	}
	LIST_APPEND(e->workers, w);
	e->count++;
	w->job = job;
	job->worker = w;
	w->jobs = body_count(word, "jobs");
	rc = fill(&w->in, p, json_object_get(word, "in"));
	if (rc == 0)
		rc = fill(&w->out, p, json_object_get(word, "out"));
	if (rc == 0)
		rc = worker_take_over(w, p, json_object_get(word, "process"));
	/* It has ended meanwhile: its job is submitted again. */
	if (rc == ERR_NOT_FOUND) {
		worker_discard(e, w);
		rc = 0;
	}
	return rc;
}

/* Nobody waits for an engine that hangs, to hear again what is known of it. */
static void
hello_restore(struct engine *e, const json_t *word)
{
	json_t *program = program_save(e);
	json_t *hello = json_object_get(word, "hello");

	e->is_new = program == NULL ||
		    !json_equal(program, json_object_get(word, "program"));
	if (!e->is_new && json_is_object(hello)) {
		e->hello = json_incref(hello);
		e->hello_stale = true;
	}
	json_decref(program);
}

bool
engine_is_new(const struct engine *e)
{
	return e->is_new;
}

int
engine_take_over(struct engine *e, struct parcel *p, const json_t *word)
{
	const json_t *workers = json_object_get(word, "workers");
	size_t i;
	int rc = 0;

	hello_restore(e, word);
	e->jobs = body_count(word, "jobs");
	e->counters.restarts = body_count(word, "restarts");
	histogram_restore(
	    &e->counters.first_sound, json_object_get(word, "first_sound"));
	histogram_restore(
	    &e->counters.synthesis, json_object_get(word, "synthesis"));
	for (i = 0; i < json_array_size(workers) && rc == 0; i++)
		rc = worker_restore(e, p, json_array_get(workers, i));
	return rc;
}

static struct job *
find_job(const struct engine *e, uint64_t number)
{
	const struct worker *w;

	for (w = e->workers; w; w = w->next)
		if (w->job && w->job->number == number &&
		    w->job->events == NULL)
			return w->job;
	return NULL;
}

int
job_take_over(struct engine *e, const json_t *word,
    const struct job_order *again, const struct job_events *events, void *arg,
    struct job **out)
{
	struct job *job = find_job(e, body_count(word, "number"));
	int rc;

	*out = job;
	if (job) {
		job->events = events;
		job->arg = arg;
		return 0;
	}
	if (again == NULL)
		return 0;
	rc = engine_submit(e, again, events, arg, out);
	if (rc == 0) {
		(*out)->bytes_before = body_count(word, "bytes");
		(*out)->marks_before = body_count(word, "marks");
	}
	return rc;
}

void
engine_settle(struct engine *e)
{
	struct worker *w;

	for (w = e->workers; w; w = w->next)
		if (w->job && w->job->events == NULL)
			worker_cancel(w);
}
