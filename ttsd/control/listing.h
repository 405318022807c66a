/*
 * The operations that tell what there is: `status`, channels, voices, engines.
 */
#ifndef TTSD_CONTROL_LISTING_H
#define TTSD_CONTROL_LISTING_H

#include "ttsd/control/ttsd.h"

extern const struct field voices_fields[];

op_run op_status, op_channels, op_voices, op_engines;

#endif
