/* The `receipt` operation: what became of announcements at the outputs, which
 * streamer-supervisor knows and ttsd passes on and keeps (docs/PROTOCOL.md). */
#ifndef TTSD_CONTROL_RECEIPT_H
#define TTSD_CONTROL_RECEIPT_H

#include "ttsd/control/ttsd.h"

/* One request takes so many: with the longest reasons they fit a line. */
#define RECEIPTS_MAX 64

extern const struct field receipt_fields[];
op_run op_receipt;

#endif
