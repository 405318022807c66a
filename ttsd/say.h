/*
 * The `say` operation: an announcement composed from a request (fields in
 * docs/PROTOCOL.md). A new kind of part is a row in the table in say.c.
 */
#ifndef TTSD_SAY_H
#define TTSD_SAY_H

#include "ttsd/ttsd.h"

extern const struct field say_fields[];
op_run op_say;

#endif
