/*
 * Frames coming in: kept in order, with an eye on CANCEL and the end of file
 * while a job runs. The store is shared with copies of the process that
 * io_isolate() makes, so that any of them may read on where another stopped.
 */
#ifndef TTSD_ENGINES_KIT_KIT_INPUT_H
#define TTSD_ENGINES_KIT_KIT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/sound/frame.h"

int kit_input_init(void);

/* Waits for the next frame and leaves it in place. ERR_CLOSED at the end of
 * file or when nobody reads our output, ERR_INVALID or ERR_TOO_LONG for
 * bytes that are no frame. The payload is valid until kit_input_take(). */
int kit_input_next(struct frame *out);

/* Removes the frame that kit_input_next() gave. */
void kit_input_take(void);

/* Makes CANCEL frames for this job count from now on. */
void kit_input_watch(int64_t job);

/* Reads what has come, waiting up to timeout_ms for input or, where
 * want_output is set, for room in the output (timeout_ms < 0: for ever).
 * Returns 1 when the output takes bytes, 0 when it does not (yet), or
 * ERR_CLOSED at the end of file. */
int kit_input_wait(int want_output, int timeout_ms);

/* ERR_CLOSED once the watched job was cancelled or the input has ended. */
int kit_input_wanted(void);

/* True at the end of file: nothing needs to be finished properly. */
bool kit_input_ended(void);

/* True while no more input is taken in. */
bool kit_input_full(void);

#endif
