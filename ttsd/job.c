#include "ttsd/job.h"

#include <stdlib.h>

void
job_pcm(struct job *job, const uint8_t *data, size_t len)
{
	uint64_t skip = 0;

	if (job->bytes < job->bytes_before)
		skip = job->bytes_before - job->bytes;
	if (skip > len)
		skip = len;
	job->bytes += len;
	if (job->events && len > skip)
		job->events->pcm(job->arg, data + skip, len - skip);
}

void
job_mark(struct job *job, const json_t *mark)
{
	if (job->marks++ >= job->marks_before && job->events)
		job->events->mark(job->arg, mark);
}

void
job_done(struct job *job, const char *failure)
{
	if (job->events)
		job->events->done(job->arg, failure);
	free(job->request);
	free(job);
}
