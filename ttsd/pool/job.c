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
build_request(const struct speech *s, uint64_t number, uint32_t rate_hz,
    uint32_t channels)
{
	json_t *o = json_pack("{s:I, s:s, s:i, s:i}", "job", (json_int_t)number,
	    "text", s->text, "sample_rate", (int)rate_hz, "channels",
	    (int)channels);
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
job_new(struct engine *e, uint64_t number, const struct speech *speech,
    uint32_t rate_hz, uint32_t channels, const struct job_events *events,
    void *arg)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;
	*job = (struct job){ .engine = e,
		.number = number,
		.events = events,
		.arg = arg,
		.endless = speech->loop,
		.sample_bytes = sizeof(int16_t) * channels };
	job->request = build_request(speech, number, rate_hz, channels);
	if (job->request == NULL) {
		free(job);
		return NULL;
	}
	return job;
}

void
job_line_init(struct job_line *line)
{
	*line = (struct job_line){ .end = &line->first };
}

void
job_line_push(struct job_line *line, struct job *job)
{
	job->next = NULL;
	*line->end = job;
	line->end = &job->next;
	line->count++;
}

void
job_line_push_first(struct job_line *line, struct job *job)
{
	job->next = line->first;
	if (line->first == NULL)
		line->end = &job->next;
	line->first = job;
	line->count++;
}

void
job_line_remove(struct job_line *line, struct job *job)
{
	struct job **at = &line->first;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	if (line->end == &job->next)
		line->end = at;
	line->count--;
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
