/* Memory that our parent shares with us: where our frames are written. */
#ifndef STREAMER_SUPERVISOR_PAINTER_POSIX_WINDOW_H
#define STREAMER_SUPERVISOR_PAINTER_POSIX_WINDOW_H

#include "common/picture/two_frames.h"

/* Maps the memory of that name, a descriptor, which must be for frames of
 * t->frame_bytes. Fails with ERR_INVALID or ERR_NOMEM. It lasts until the end.
 */
int window_open(struct two_frames *t, const char *name);

#endif
