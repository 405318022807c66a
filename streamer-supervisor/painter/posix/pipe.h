/* The painter's standard input and output: lines in, bytes out. */
#ifndef STREAMER_SUPERVISOR_PAINTER_POSIX_PIPE_H
#define STREAMER_SUPERVISOR_PAINTER_POSIX_PIPE_H

#include <stddef.h>

#include "common/buf.h"

/* Waits for input until then, and appends what has come to `in`. Returns 1 when
 * something has, 0 when the time is over, ERR_END at the end of the input,
 * ERR_FULL where `in` has no room, ERR_NOMEM, or ERR_IO. */
int pipe_read(struct buf *in, int wait_ms);

/* Writes all of it, however long the reader takes. Fails with ERR_CLOSED when
 * there is no reader any more. */
int pipe_write(const void *data, size_t len);

#endif
