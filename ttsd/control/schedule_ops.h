/*
 * What clients have asked to have said again and again (docs/CONFIG.md,
 * [schedule NAME]): the ledger keeps it, and ttsd-gateway, which has what the
 * configuration says besides, asks for it when it is due.
 */
#ifndef TTSD_CONTROL_SCHEDULE_OPS_H
#define TTSD_CONTROL_SCHEDULE_OPS_H

#include "ttsd/control/ttsd.h"

/* What there is to be set: the keys of a [schedule NAME]. To be called before
 * anything is asked. */
void schedule_ops_begin(void);

extern struct field set_schedule_fields[];
extern const struct field remove_schedule_fields[];
op_run op_schedules, op_set_schedule, op_remove_schedule;

#endif
