/*
 * Calls at a desk (docs/DESK.md): a ticket, by a message of the configuration,
 * is an announcement as of `say`. What was called is a list (calls.h).
 */
#ifndef TTSD_CONTROL_CALL_H
#define TTSD_CONTROL_CALL_H

#include "ttsd/control/ttsd.h"

extern const struct field call_fields[], transfer_fields[];
op_run op_call, op_transfer;

#endif
