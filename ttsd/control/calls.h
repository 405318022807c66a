/* The list of what was called (docs/DESK.md): as the ledger tells it, or, where
 * that cannot, from memory. */
#ifndef TTSD_CONTROL_CALLS_H
#define TTSD_CONTROL_CALLS_H

#include "ttsd/control/ttsd.h"

extern const struct field calls_fields[];
op_run op_calls;

#endif
