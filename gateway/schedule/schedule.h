/*
 * What is said again and again, as [schedule NAME] says: ttsd is asked for it a
 * little ahead, with its time (`at`), so that it is made by then and begins on
 * it. Its key is its name and time: who asks twice, for the gateway was started
 * again, has it said once.
 */
#ifndef GATEWAY_SCHEDULE_SCHEDULE_H
#define GATEWAY_SCHEDULE_SCHEDULE_H

#include <jansson.h>

#include "common/conf/conf.h"
#include "gateway/daemons/peer.h"

/* So long ahead ttsd is asked. */
#define SCHEDULE_LEAD_MS 10000
/* What was due so long ago when the gateway starts is asked for yet; it is less
 * than ttsd knows a key for. */
#define SCHEDULE_LATE_MS 30000

struct schedules;

/* `conf` and `peer`, which is ttsd's, must outlive it. ERR_NOMEM. */
int schedules_new(struct loop *l, const struct conf *conf, struct peer *peer,
    struct schedules **out);
/* NULL is fine. */
void schedules_free(struct schedules *s);

/* A list: name, the time that comes next, and of the last one what became of
 * the asking. NULL without memory. */
json_t *schedules_tell(const struct schedules *s);

#endif
