/* The picture of a frame with what is laid over it (common/picture/overlay.h).
 * Pure. */
#ifndef STREAMER_SUPERVISOR_PICTURE_COMPOSITE_H
#define STREAMER_SUPERVISOR_PICTURE_COMPOSITE_H

#include <stdbool.h>

#include "common/picture/overlay.h"
#include "streamer-supervisor/picture/frames.h"

/* Starts as zeroes, and with the size of a frame. */
struct composite {
	unsigned width, height;
	struct frames base;         /* pictures */
	struct frames over;         /* overlays; none at first */
	struct overlay_span *pairs; /* of the overlay that is shown */
	struct block *made;         /* of the two; NULL: the picture is it */
	bool is_new;                /* frame `n` is not as the one before */
};

void composite_done(struct composite *c);

/* The picture of frame `n`, which is not below the `n` of the last call; valid
 * until the next call. Where there is no memory the overlay is left out. */
struct block *composite_at(struct composite *c, uint64_t n);

#endif
