/* Has the ledger forget what it need not keep, in small steps with rests
 * between them, so that nobody waits behind it. */
#ifndef TTSD_DURABLE_PRUNING_H
#define TTSD_DURABLE_PRUNING_H

#include "ttsd/durable/durable.h"

struct pruning;

/* What has ended `keep_ns` ago is forgotten, and the oldest where the ledger
 * uses more than so many bytes. `d` outlives it. Errors as timer_new(). */
int pruning_new(struct loop *l, struct durable *d, int64_t keep_ns,
    int64_t bytes_max, struct pruning **out);
/* NULL is fine. */
void pruning_free(struct pruning *p);

#endif
