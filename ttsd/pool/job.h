/*
 * One piece of work for an engine, from submission to its end; shared by
 * engine.c, which hands jobs out, and worker.c, which has them done. Pure.
 */
#ifndef TTSD_POOL_JOB_H
#define TTSD_POOL_JOB_H

#include <stdbool.h>

#include "ttsd/pool/engine.h"

struct worker;

/* A worker may lose a job this often before the job fails. */
#define JOB_TRIES 2

struct job {
	struct job *next; /* in the engine's line of waiting jobs */
	struct engine *engine;
	struct worker *worker; /* the one that does it; NULL while it waits */
	const struct job_events *events; /* NULL: cancelled */
	void *arg;
	char *request; /* the payload of its JOB frame */
	uint64_t number;
	unsigned tries;
	bool held;
	bool endless; /* it loops: once it is lost, it fails */
	enum job_rank rank;
	int64_t deadline_ns;  /* without a worker it may fail then */
	int64_t submitted_ns; /* later by as long as it was held up */
	int64_t held_since_ns;
	int64_t first_sound_ns; /* since submitted_ns; 0: none yet */

	size_t sample_bytes;
	/* How much the owner has already got from an earlier try. */
	uint64_t bytes_before, marks_before;
	/* How much this try has made so far. */
	uint64_t bytes, marks;
};

/* Makes a job that is not in line yet; NULL without memory. */
struct job *job_new(struct engine *e, uint64_t number,
    const struct job_order *order, const struct job_events *events, void *arg);
/* Makes what is left to a worker of a job that is taken from it: a job of the
 * same number that nobody wants. NULL without memory. */
struct job *job_unwanted(const struct job *job);

/* Jobs that wait for a worker, in the order of their turns: by rank, then as
 * they came. */
struct job_line {
	struct job *first;
	struct job **ends[JOB_RANK_COUNT]; /* behind the last of each rank */
	size_t counts[JOB_RANK_COUNT];
};

void job_line_init(struct job_line *line);
size_t job_line_count(const struct job_line *line);
void job_line_push(struct job_line *line, struct job *job);
/* Puts a job that was under way already before all others of its rank. */
void job_line_push_first(struct job_line *line, struct job *job);
void job_line_remove(struct job_line *line, struct job *job);

/* Deliver sound and a mark to the owner, less what an earlier try delivered. */
void job_pcm(struct job *job, const uint8_t *data, size_t len, int64_t now_ns);
void job_mark(struct job *job, json_t *mark);
/* Prepares a job that lost its worker for the next try, which leaves out what
 * this one delivered. */
void job_begin_again(struct job *job);
/* Tells the owner that the job has ended, and releases it. */
void job_done(struct job *job, const struct failure *failure);

#endif
