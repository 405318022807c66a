/* The `subscribe` operation of ttsd: what happens from now on, and with `since`
 * what happened while a client was away (fields in docs/PROTOCOL.md). */
#ifndef TTSD_CONTROL_SUBSCRIBE_H
#define TTSD_CONTROL_SUBSCRIBE_H

#include "ttsd/control/ttsd.h"

extern const struct field subscribe_fields[];
op_run op_subscribe;

#endif
