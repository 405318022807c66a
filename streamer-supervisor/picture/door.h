/*
 * The raw door: a local socket at which any program hands in frames, as Y4M of
 * the picture's own size. A frame is seen at once, or, when its line bears
 * Xsample=N, from the frame that is nearest to that sample of the channel's
 * clock; so many may wait for their time (frames.h), and then the door reads no
 * more until there is room. Who comes last is heard: a renderer that was begun
 * anew takes the place of one that hangs.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_DOOR_H
#define STREAMER_SUPERVISOR_PICTURE_DOOR_H

#include <stdbool.h>

#include "common/picture/y4m.h"
#include "platform/platform.h"
#include "streamer-supervisor/picture/block.h"

struct door;

/* Receives a frame, whose block is the receiver's. `sample` is negative where
 * the frame names none. Returns false to hold the renderer up, until
 * door_go_on(). */
typedef bool door_fn(void *arg, struct block *b, int64_t sample);

/* Opens the door at `path`; errors are those of listener_new(). */
int door_new(struct loop *l, const char *path, unsigned width, unsigned height,
    door_fn *frame, void *arg, struct door **out);
/* NULL is fine. */
void door_close(struct door *d);

/* Takes more of what was held up; nothing happens where nothing was. NULL is
 * fine. */
void door_go_on(struct door *d);

/* Is a renderer connected? */
bool door_is_used(const struct door *d);

#endif
