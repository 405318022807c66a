/*
 * How engines go from one ttsd to its successor: a worker stays that has a job
 * for the air, and so its sound goes on, whether the engine would make the same
 * twice or not. It is started afresh once it is idle. All other workers are the
 * successor's own.
 */
#ifndef TTSD_POOL_SUCCESSION_H
#define TTSD_POOL_SUCCESSION_H

#include "platform/succession.h"
#include "ttsd/pool/engine.h"

/* Return words for the document; NULL without memory. */
json_t *engine_hand_over(const struct engine *e, struct parcel *p);
json_t *job_hand_over(const struct job *job);

/* Takes over the busy workers, before the engine is started. Fails with
 * ERR_INVALID, ERR_NOMEM, and as process_take_over(). */
int engine_take_over(struct engine *e, struct parcel *p, const json_t *word);

/* Is it none of the ttsd before, or started in another way than there? What it
 * makes may then be another sound. */
bool engine_is_new(const struct engine *e);

/* Takes over a job; `*out` is the job until its `done`. Where no worker has it,
 * and the engine may be asked, it is submitted again, and what was delivered
 * left out; otherwise `*out` is NULL. Fails with ERR_NOMEM. */
int job_take_over(struct engine *e, const json_t *word,
    const struct job_order *again, const struct job_events *events, void *arg,
    struct job **out);

/* Cancels the jobs that nobody took over. */
void engine_settle(struct engine *e);

#endif
