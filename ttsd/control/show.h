/*
 * What a board is to show: the `show` of a request, and the operation of that
 * name, which changes a picture without speech, and tells what it shows.
 */
#ifndef TTSD_CONTROL_SHOW_H
#define TTSD_CONTROL_SHOW_H

#include "ttsd/control/ttsd.h"

/* Is it an object of 1 to BOARD_FIELDS_MAX texts as a board takes them, with
 * names as in a [video]? Returns false when it has made `r` an error. */
bool show_check(const json_t *show, struct reply *r);

extern const struct field show_fields[];
op_run op_show;

#endif
