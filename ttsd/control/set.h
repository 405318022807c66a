/*
 * The operation `set`: how a channel speaks, and its music.
 */
#ifndef TTSD_CONTROL_SET_H
#define TTSD_CONTROL_SET_H

#include "ttsd/control/ttsd.h"

extern const struct field set_fields[];
op_run op_set;

#endif
