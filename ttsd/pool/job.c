#include "ttsd/pool/job.h"

#include <stdlib.h>

#include "common/body.h"

/* Puts the parameters that are set. */
static void
put_parameters(json_t **o, const struct speech_parameters *s)
{
	const struct speech_parameter *p;

	for (p = speech_parameters; p->name; p++)
		if (p->is_text && speech_text(s, p))
			body_put(o, p->name, json_string(speech_text(s, p)));
		else if (!p->is_text && speech_number(s, p) >= p->low)
			body_put(o, p->name, json_integer(speech_number(s, p)));
}

static char *
build_request(const struct job_order *order, uint64_t number)
{
	const struct speech *s = order->speech;
	json_t *o = json_pack("{s:I, s:s, s:i, s:i}", "job", (json_int_t)number,
	    "text", s->text, "sample_rate", (int)order->rate_hz, "channels",
	    (int)order->channels);
	char *text;

	if (s->ssml)
		body_put(&o, "ssml", json_true());
	if (s->loop)
		body_put(&o, "loop", json_true());
	put_parameters(&o, &s->parameters);
	text = body_text(o);
	json_decref(o);
	return text;
}

struct job *
job_new(struct engine *e, uint64_t number, const struct job_order *order,
    const struct job_events *events, void *arg)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;
	*job = (struct job){ .engine = e,
		.number = number,
		.events = events,
		.arg = arg,
		.endless = order->speech->loop,
		.rank = order->rank,
		.sample_bytes = sizeof(int16_t) * order->channels };
	job->request = build_request(order, number);
	if (job->request == NULL) {
		free(job);
		return NULL;
	}
	return job;
}

struct job *
job_unwanted(const struct job *job)
{
	struct job *rest = calloc(1, sizeof(*rest));

	if (rest)
		*rest = (struct job){ .engine = job->engine,
			.worker = job->worker,
			.number = job->number,
			.tries = job->tries,
			.rank = job->rank,
			.sample_bytes = job->sample_bytes };
	return rest;
}

void
job_line_init(struct job_line *line)
{
	*line = (struct job_line){ .ends = { &line->first, &line->first } };
}

size_t
job_line_count(const struct job_line *line)
{
	return line->counts[JOB_ON_AIR] + line->counts[JOB_ASIDE];
}

/* Puts a job at that place, and moves the ends that were there behind it. */
static void
insert(struct job_line *line, struct job **at, struct job *job)
{
	unsigned rank;

	for (rank = job->rank; rank < JOB_RANK_COUNT; rank++)
		if (line->ends[rank] == at)
			line->ends[rank] = &job->next;
	job->next = *at;
	*at = job;
	line->counts[job->rank]++;
}

void
job_line_push(struct job_line *line, struct job *job)
{
	insert(line, line->ends[job->rank], job);
}

void
job_line_push_first(struct job_line *line, struct job *job)
{
	insert(line,
	    job->rank == JOB_ON_AIR ? &line->first : line->ends[JOB_ON_AIR],
	    job);
}

void
job_line_remove(struct job_line *line, struct job *job)
{
	struct job **at = &line->first;
	unsigned rank;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	for (rank = 0; rank < JOB_RANK_COUNT; rank++)
		if (line->ends[rank] == &job->next)
			line->ends[rank] = at;
	line->counts[job->rank]--;
}

void
job_pcm(struct job *job, const uint8_t *data, size_t len, int64_t now_ns)
{
	uint64_t skip = 0;

	if (job->first_sound_ns == 0)
		job->first_sound_ns = now_ns - job->submitted_ns;
	if (job->bytes < job->bytes_before)
		skip = job->bytes_before - job->bytes;
	if (skip > len)
		skip = len;
	job->bytes += len;
	if (job->events && len > skip)
		job->events->pcm(job->arg, data + skip, len - skip);
}

void
job_mark(struct job *job, json_t *mark)
{
	if (job->marks++ >= job->marks_before && job->events)
		job->events->mark(job->arg, mark);
}

void
job_begin_again(struct job *job)
{
	job->worker = NULL;
	if (job->bytes > job->bytes_before)
		job->bytes_before = job->bytes;
	if (job->marks > job->marks_before)
		job->marks_before = job->marks;
	job->bytes = job->marks = 0;
}

void
job_done(struct job *job, const struct failure *failure)
{
	if (job->events)
		job->events->done(job->arg, failure);
	free(job->request);
	free(job);
}
