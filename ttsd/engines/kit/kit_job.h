/* A JOB frame, read and checked. */
#ifndef TTSD_ENGINES_KIT_KIT_JOB_H
#define TTSD_ENGINES_KIT_KIT_JOB_H

#include "ttsd/engines/kit/kit.h"

struct kit_job_frame {
	struct kit_job job; /* strings belong to `root` */
	json_t *root;
	int64_t number;
	bool numbered; /* `number` is known: errors can name the job */
};

/* 0, or ERR_INVALID with a sentence in `why`. kit_job_done() either way. */
int kit_job_parse(struct kit_job_frame *j, const void *data, size_t len,
    char *why, size_t size);
void kit_job_done(struct kit_job_frame *j);

#endif
