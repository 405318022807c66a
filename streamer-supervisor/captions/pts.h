/* The time stamp that a segment of MPEG-TS begins with. Pure. */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_PTS_H
#define STREAMER_SUPERVISOR_CAPTIONS_PTS_H

#include <stddef.h>
#include <stdint.h>

/* The first sound of a segment comes within so many bytes: behind tables, and
 * where there is a picture, behind its first frame. */
#define PTS_HEAD_BYTES (1024 * 1024)

/* Finds the first PTS of sound (33 bits) in the first bytes of a segment;
 * ERR_NOT_FOUND where there is none. Any bytes are fine. */
int pts_find(const uint8_t *data, size_t len, int64_t *pts);

#endif
