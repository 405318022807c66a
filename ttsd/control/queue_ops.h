/*
 * The operations on what is queued and on air: taken back, ended, held, told.
 * While what an earlier ttsd left is being restored, who asks for them waits.
 */
#ifndef TTSD_CONTROL_QUEUE_OPS_H
#define TTSD_CONTROL_QUEUE_OPS_H

#include "ttsd/control/ttsd.h"

/* A channel's name, a zone's, or a list of such names. */
extern const struct field channel_fields[];
extern const struct field cancel_fields[], move_fields[], queue_fields[];
extern const struct field resume_fields[];

op_run op_cancel, op_move, op_skip, op_clear, op_pause, op_resume, op_queue;
op_run op_stop_all;

#endif
