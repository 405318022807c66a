/*
 * A ticket of one series waits for the desks of another (docs/DESK.md): nothing
 * is said, and its number is kept. `call` takes it up (call.h).
 */
#ifndef TTSD_CONTROL_TRANSFER_H
#define TTSD_CONTROL_TRANSFER_H

#include "ttsd/control/ttsd.h"

/* Carries out a request of `transfer` that names a series. */
op_run transfer_run;

/* Makes `r` say that such a ticket was not called. */
void transfer_blame(const char *ticket, struct reply *r);

#endif
