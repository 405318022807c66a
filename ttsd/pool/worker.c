#include "ttsd/pool/worker.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "platform/succession.h"

/* A worker is sent a JOB frame and at most one CANCEL behind it. */
#define OUT_MAX (FRAME_MAX + 1024)
/* Of a worker, one whole frame is held, and what one read brings behind it. */
#define IN_MAX (FRAME_HEADER_BYTES + FRAME_MAX + STREAM_READ_MAX)

#define BACKOFF_INITIAL_NS (100 * NS_PER_MS)
/* The longest back-off is short, because the fault may lie in one text while
 * others wait. */
#define BACKOFF_MAX_NS (5 * NS_PER_S)

static void worker_complain(struct worker *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void act(struct worker *w, enum child_action action);

/* Kills a worker for a fault of its own, which `fmt` tells; the end of the
 * process does the rest. */
static void
worker_complain(struct worker *w, const char *fmt, ...)
{
	va_list ap;

	if (w->complaint[0] || w->process == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(w->complaint, sizeof(w->complaint), fmt, ap);
	va_end(ap);
	process_kill(w->process);
}

/* ---- frames ----------------------------------------------------------- */

/* Takes the job away from a worker that goes on. */
static struct job *
put_job_down(struct worker *w)
{
	struct job *job = w->job;

	w->job = NULL;
	w->jobs++;
	w->idle_since_ns = clock_awake_ns();
	child_watch(&w->child, false, w->idle_since_ns);
	timer_at(w->timer, w->child.deadline_ns);
	return job;
}

static void
finish_job(struct worker *w, const struct failure *failure)
{
	struct job *job = put_job_down(w);

	w->forgiven = w->forgiven && failure;
	w->kind->events->done(w->kind->arg, job, failure);
	job_done(job, failure);
	if (w->stale)
		worker_reload(w);
	w->kind->events->idle(w->kind->arg);
}

/* Gives a job back of which only a copy of the engine died: the engine itself
 * is well. */
static void
lose_job(struct worker *w, const struct failure *failure)
{
	struct job *job = put_job_down(w);

	if (w->stale)
		worker_reload(w);
	w->kind->events->lost(w->kind->arg, job, failure);
}

static void
take_error(struct worker *w, const json_t *error)
{
	const char *code = json_string_value(json_object_get(error, "code"));
	const char *message =
	    json_string_value(json_object_get(error, "message"));
	char text[200];
	struct failure failure = { .text = text };

	failure_find(code ? code : "", &failure.code);
	snprintf(text, sizeof(text), "%s: %s",
	    code ? code : failure_name(failure.code),
	    message ? message : "the engine gave no reason");
	if (failure.code == FAILURE_CRASHED)
		lose_job(w, &failure);
	else
		finish_job(w, &failure);
}

static void
take_pcm(struct worker *w, const struct frame *f)
{
	if (f->len % w->job->sample_bytes != 0)
		worker_complain(w, "sent a part of a sample");
	else
		job_pcm(w->job, f->payload, f->len, clock_awake_ns());
}

/* Does the frame end another job? One that went before may be ended once more,
 * which is not the end of this one. An error may not know the number. */
static bool
is_of_another_job(
    const struct worker *w, const struct frame *f, const json_t *o)
{
	const json_t *job = json_object_get(o, "job");

	if (f->type != FRAME_END && f->type != FRAME_ERROR)
		return false;
	return json_is_integer(job) &&
	       (uint64_t)json_integer_value(job) != w->job->number;
}

static void
take_json(struct worker *w, const struct frame *f)
{
	json_t *body;
	int rc = body_parse((const char *)f->payload, f->len, 0, &body, NULL);

	if (rc == ERR_NOMEM) {
		worker_complain(w, "ttsd has no memory for what it sent");
	} else if (!json_is_object(body)) {
		worker_complain(w, "sent a frame '%c' that is no JSON object",
		    (char)f->type);
	} else if (is_of_another_job(w, f, body)) {
		worker_complain(w, "ended a job that it does not have");
	} else if (f->type == FRAME_HELLO) {
		if (!w->kind->events->hello(w->kind->arg, body))
			worker_complain(w, "speaks another protocol than %d",
			    FRAME_PROTOCOL);
		else
			worker_feed(w, CHILD_READY);
	} else if (f->type == FRAME_MARK) {
		job_mark(w->job, body);
	} else if (f->type == FRAME_ERROR) {
		take_error(w, body);
	} else {
		finish_job(w, NULL);
	}
	json_decref(body);
}

static bool
expected(const struct worker *w, enum frame_type type)
{
	switch (type) {
	case FRAME_HELLO:
		return w->child.state == CHILD_STARTING;
	case FRAME_PCM:
	case FRAME_MARK:
	case FRAME_END:
	case FRAME_ERROR:
		return w->job != NULL;
	case FRAME_JOB:
	case FRAME_CANCEL:
		break;
	}
	return false;
}

static void
take_frame(struct worker *w, const struct frame *f)
{
	if (!expected(w, f->type)) {
		worker_complain(w, "sent a frame '%c' that nobody asked for",
		    (char)f->type);
		return;
	}
	worker_feed(w, CHILD_PROGRESS);
	if (f->type == FRAME_PCM)
		take_pcm(w, f);
	else
		take_json(w, f);
}

static void
process_out(void *arg, const uint8_t *data, size_t len)
{
	struct worker *w = arg;
	struct frame f;
	int n = 0, rc;

	/* The job of a worker that was killed is another's by now. */
	if (w->child.state == CHILD_STALLED)
		return;
	rc = buf_put(&w->in, data, len);
	if (rc < 0) {
		worker_complain(w, rc == ERR_NOMEM
				       ? "ttsd has no memory for what it sent"
				       : "sent more than was asked for");
		return;
	}
	while (w->complaint[0] == '\0' &&
	       (n = frame_parse(buf_data(&w->in), buf_len(&w->in), &f)) > 0) {
		take_frame(w, &f);
		buf_consume(&w->in, (size_t)n);
	}
	if (n < 0)
		worker_complain(w, "sent something that is no frame");
}

/* ---- the process ------------------------------------------------------ */

/* Returns the level that a line asks for by its prefix, and cuts that off. */
static enum log_level
line_level(const char **line, size_t *len)
{
	static const struct {
		const char *prefix;
		enum log_level level;
	} levels[] = { { "error: ", LOG_ERROR }, { "warning: ", LOG_WARNING },
		{ "info: ", LOG_INFO }, { "debug: ", LOG_DEBUG } };
	size_t i, n;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		n = strlen(levels[i].prefix);
		if (*len > n && memcmp(*line, levels[i].prefix, n) == 0) {
			*line += n;
			*len -= n;
			return levels[i].level;
		}
	}
	return LOG_INFO;
}

static void
log_line(void *arg, char *text)
{
	struct worker *w = arg;
	const char *line = text;
	size_t len = strlen(text);
	enum log_level level = line_level(&line, &len);

	if (len > 0 && log_allow(&w->log_budget, clock_awake_ns()))
		log_write(level, "engine=%s pid=%" PRId64 " says=%s",
		    w->kind->engine, process_pid(w->process), log_quote(line));
}

static void
process_err(void *arg, const uint8_t *data, size_t len)
{
	struct worker *w = arg;

	lines_feed(&w->err, data, len, log_line, w);
}

static void
process_gone(void *arg, const struct process_end *end)
{
	struct worker *w = arg;
	struct job *job = w->job;
	struct failure failure = { FAILURE_CRASHED, w->reason };
	bool forgive = job && w->child.state == CHILD_RUNNING && !w->forgiven;

	lines_end(&w->err, log_line, w);
	process_describe(end, w->reason, sizeof(w->reason));
	if (w->complaint[0])
		snprintf(w->reason, sizeof(w->reason), "%s", w->complaint);
	else if (w->child.state == CHILD_STALLED)
		snprintf(w->reason, sizeof(w->reason),
		    "made no progress within its timeout");
	process_free(w->process);
	w->process = NULL;
	w->job = NULL;
	buf_clear(&w->in);
	buf_clear(&w->out);
	worker_feed(w, CHILD_GONE);
	child_watch(&w->child, false, clock_awake_ns());
	/* What a job breaks is the job's, so the next job need not wait. */
	w->forgiven = w->forgiven || forgive;
	if (forgive)
		worker_feed(w, CHILD_WAKE);
	if (job)
		w->kind->events->lost(w->kind->arg, job, &failure);
}

static void
worker_flush(struct worker *w)
{
	int n;

	if (w->process == NULL || buf_len(&w->out) == 0)
		return;
	n = process_write(w->process, buf_data(&w->out), buf_len(&w->out));
	/* When the pipe is broken, the end of the process tells the rest. */
	buf_consume(&w->out, n < 0 ? buf_len(&w->out) : (size_t)n);
}

static void
process_writable(void *arg)
{
	worker_flush(arg);
}

static const struct process_events process_events = { .gone = process_gone,
	.out = process_out,
	.err = process_err,
	.writable = process_writable };

static void
worker_spawn(struct worker *w)
{
	const struct process_spec spec = {
		.argv = (const char *const *)w->kind->argv,
		.reserved = w->kind->secret,
		.input = true
	};
	int rc;

	w->complaint[0] = '\0';
	rc = process_spawn(
	    w->kind->loop, &spec, &process_events, w, &w->process);
	if (rc < 0) {
		snprintf(w->reason, sizeof(w->reason), "cannot be started: %s",
		    err_text(rc));
		worker_feed(w, CHILD_FAILED);
	}
}

int
worker_take_over(struct worker *w, struct parcel *p, const json_t *process)
{
	int64_t now = clock_awake_ns();
	int rc = process_take_over(
	    w->kind->loop, p, process, &process_events, w, &w->process);

	if (rc < 0)
		return rc;
	/* It was spawned, and is ready: nobody has to be told. */
	child_feed(&w->child, CHILD_START, now, 0);
	child_feed(&w->child, CHILD_READY, now, 0);
	w->stale = true;
	worker_hold(w, w->job->held);
	return 0;
}

static void
act(struct worker *w, enum child_action action)
{
	switch (action) {
	case CHILD_NOTHING:
		break;
	case CHILD_SPAWN:
		worker_spawn(w);
		break;
	case CHILD_INTERRUPT:
		/* An engine ends at the end of its standard input. */
		process_close_input(w->process);
		process_reading(w->process, true);
		break;
	case CHILD_KILL:
		process_kill(w->process);
		break;
	}
}

void
worker_feed(struct worker *w, enum child_event event)
{
	enum child_state from = w->child.state;
	enum child_action action;

	action =
	    child_feed(&w->child, event, clock_awake_ns(), platform_random());
	timer_at(w->timer, w->child.deadline_ns);
	if (w->child.state != from)
		w->kind->events->changed(w->kind->arg, w, from,
		    w->child.state == CHILD_BACKOFF ? w->reason : "");
	act(w, action);
}

/* Gives the job back at once when the worker is killed: a process in a call
 * that never returns does not end by that, and nobody waits for it. What still
 * comes from it is dropped. */
static void
give_job_back(struct worker *w)
{
	const struct failure failure = { FAILURE_UNAVAILABLE,
		"made no progress within its timeout" };
	struct job *job = w->job;

	w->job = NULL;
	w->kind->events->lost(w->kind->arg, job, &failure);
}

static void
worker_deadline(void *arg)
{
	struct worker *w = arg;

	worker_feed(w, CHILD_DEADLINE);
	if (w->child.state == CHILD_STALLED && w->job)
		give_job_back(w);
}

/* ---- jobs ------------------------------------------------------------- */

bool
worker_idle(const struct worker *w)
{
	return w->child.state == CHILD_RUNNING && w->job == NULL &&
	       w->complaint[0] == '\0';
}

static void
worker_watch(struct worker *w, bool on)
{
	child_watch(&w->child, on, clock_awake_ns());
	timer_at(w->timer, w->child.deadline_ns);
}

int
worker_assign(struct worker *w, struct job *job)
{
	int rc =
	    frame_put(&w->out, FRAME_JOB, job->request, strlen(job->request));

	if (rc < 0)
		return rc;
	w->job = job;
	job->worker = w;
	job->tries++;
	worker_watch(w, true);
	worker_hold(w, job->held);
	worker_flush(w);
	return 0;
}

void
worker_cancel(struct worker *w)
{
	char payload[48];
	int n = snprintf(
	    payload, sizeof(payload), "{\"job\":%" PRIu64 "}", w->job->number);

	w->job->events = NULL;
	worker_hold(w, false);
	if (frame_put(&w->out, FRAME_CANCEL, payload, (size_t)n) < 0)
		worker_complain(w, "could not be told that its job is not "
				   "wanted any more");
	worker_flush(w);
}

struct job *
worker_take_back(struct worker *w)
{
	struct job *job = w->job, *rest = job_unwanted(job);

	if (rest == NULL)
		return NULL;
	w->job = rest;
	worker_cancel(w);
	return job;
}

void
worker_hold(struct worker *w, bool held)
{
	process_reading(w->process, !held);
	worker_watch(w, !held);
}

void
worker_reload(struct worker *w)
{
	w->stale = w->job != NULL;
	/* A worker that is ending begins afresh anyway, or is not wanted. */
	if (!w->stale && child_alive(&w->child) &&
	    w->child.state != CHILD_STOPPING)
		worker_feed(w, CHILD_RESTART);
}

static void
worker_release(void *arg)
{
	free(arg);
}

int
worker_new(const struct worker_kind *kind, bool surplus, struct worker **out)
{
	struct worker *w = calloc(1, sizeof(*w));
	int rc;

	*out = NULL;
	if (w == NULL)
		return ERR_NOMEM;
	rc = timer_new(kind->loop, TIMER_COARSE, worker_deadline, w, &w->timer);
	if (rc < 0) {
		free(w);
		return rc;
	}
	w->kind = kind;
	w->surplus = surplus;
	w->idle_since_ns = clock_awake_ns();
	w->log_budget =
	    (struct log_limit){ .every_ns = NS_PER_S / 5, .burst = 20 };
	buf_init(&w->in, IN_MAX);
	buf_init(&w->out, OUT_MAX);
	child_init(&w->child, &kind->limits, BACKOFF_INITIAL_NS, BACKOFF_MAX_NS,
	    false);
	*out = w;
	return 0;
}

void
worker_free(struct worker *w)
{
	process_free(w->process);
	timer_free(w->timer);
	buf_done(&w->in);
	buf_done(&w->out);
	/* The caller may stand in one of the worker's callbacks. */
	w->release = (struct loop_task){ .fn = worker_release, .arg = w };
	loop_defer(w->kind->loop, &w->release);
}
