/*
 * The `say` operation: an announcement composed from a request (fields in
 * docs/PROTOCOL.md), its parts in compose.c.
 */
#ifndef TTSD_CONTROL_SAY_H
#define TTSD_CONTROL_SAY_H

#include "ttsd/control/ttsd.h"

extern const struct field say_fields[];
op_run op_say;

#endif
