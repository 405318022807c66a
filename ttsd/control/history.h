/* The `history` operation: what was said, and what became of it, as the ledger
 * has it (fields in docs/PROTOCOL.md). */
#ifndef TTSD_CONTROL_HISTORY_H
#define TTSD_CONTROL_HISTORY_H

#include "ttsd/control/ttsd.h"

extern const struct field history_fields[];
op_run op_history;

#endif
