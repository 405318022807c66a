/*
 * What is said again and again, as [schedule NAME] says, or a client has asked
 * for and ttsd keeps: ttsd is asked for it a little ahead, with its time
 * (`at`), so that it is made by then and begins on it. Its key is its name and
 * time: who asks twice, for the gateway was started again, has it said once.
 */
#ifndef GATEWAY_SCHEDULE_SCHEDULE_H
#define GATEWAY_SCHEDULE_SCHEDULE_H

#include <jansson.h>

#include "common/conf/conf.h"
#include "gateway/daemons/peer.h"

struct schedules;

/* `conf`, `peer`, which is ttsd's, and `path`, of its control socket, must
 * outlive it. ERR_NOMEM; schedules_free() is to follow in either case. */
int schedules_new(struct loop *l, const struct conf *conf, struct peer *peer,
    const char *path, struct schedules **out);
/* NULL is fine. */
void schedules_free(struct schedules *s);

/* A list, of what entry_tell() tells of each. NULL without memory. */
json_t *schedules_tell(const struct schedules *s);

#endif
