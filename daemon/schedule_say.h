/* What a [schedule NAME] has said, as a request: ttsd tries it when it is set,
 * and ttsd-gateway asks for it when it is due. */
#ifndef DAEMON_SCHEDULE_SAY_H
#define DAEMON_SCHEDULE_SAY_H

#include <jansson.h>

#include "common/conf/conf.h"

/* What the keys of the gateway's own requests begin with. */
#define SCHEDULE_KEY "schedule "

/* The fields of `say`, without when, and without a key. NULL without memory. */
json_t *schedule_say(const struct conf_schedule *s);

#endif
