/*
 * The one stream of sound and picture, and all who read it.
 *
 * Sound goes out the moment it comes. A frame is sealed a little after its
 * sample, so that what ttsd told of its span, and what was drawn for that, is
 * in; it goes out with its own time. The last picture is sent again for as long
 * as there is no other. Nothing here waits for a reader.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_BROADCAST_H
#define STREAMER_SUPERVISOR_PICTURE_BROADCAST_H

#include <stdbool.h>

#include "common/picture/matroska.h"
#include "platform/platform.h"
#include "streamer-supervisor/picture/backlog.h"
#include "streamer-supervisor/picture/composite.h"
#include "streamer-supervisor/picture/reader.h"
#include "streamer-supervisor/picture/settled.h"

/* A frame is sealed so long after the sound of its span has come; until then
 * pictures for it are not late. */
#define BROADCAST_DRAWING_NS (50 * NS_PER_MS)
/* The same of a frame for which a picture is being drawn. */
#define BROADCAST_PATIENCE_NS (160 * NS_PER_MS)

struct broadcast_counts {
	uint64_t frames;   /* sealed */
	uint64_t repeated; /* of those: the same as the one before */
	uint64_t late;     /* pictures that came after their frame */
	uint64_t lost;     /* frames that a reader did not get */
	uint64_t skips;    /* of readers, to the live edge */
	unsigned readers;
};

struct broadcast {
	struct loop *loop;
	const char *path;    /* of its socket */
	uint64_t lag_max_ns; /* of a reader */
	struct matroska_format format;
	struct listener *listener; /* NULL: no sound, so no stream */
	struct reader *readers;
	struct backlog backlog;
	struct composite seen;
	uint64_t position; /* the sample that comes next */
	struct settled settled;
	uint64_t next_frame; /* to be sealed */
	/* The sample from which on a picture is being drawn; UINT64_MAX: none
	 * is. */
	uint64_t drawing;
	struct broadcast_counts counts;
};

/* Begins with the picture `first`, which it takes over; there is no stream
 * before broadcast_begin(). */
void broadcast_init(struct broadcast *b, struct loop *l, const char *path,
    const struct matroska_format *format, struct block *first);
void broadcast_done(struct broadcast *b);

/* Sound of that format comes, the next sample is `sample`. Readers go on over a
 * gap; where time would run back, or the format is another, they are ended.
 * Errors are those of listener_new(). */
int broadcast_begin(
    struct broadcast *b, uint32_t rate_hz, uint16_t channels, uint64_t sample);
/* No sound comes: the readers are ended, as those of the sound alone are. */
void broadcast_end(struct broadcast *b);

/* Whole samples of all channels; broadcast_seal() is due when it is known what
 * is drawn for them. ERR_NOMEM: they are left out. */
int broadcast_sound(struct broadcast *b, const uint8_t *data, size_t len);

/* Seals what frames are due, and sends them. */
void broadcast_seal(struct broadcast *b);

/* A picture, which is taken over, for the next frame. */
void broadcast_show(struct broadcast *b, struct block *picture);
/* The same for the frame nearest to `sample`, of `to`: `seen.base`, or
 * `seen.over` for what is laid over the picture. Where that frame is over it is
 * late, and for the next one; so it is where too many wait for theirs. */
void broadcast_plan(struct broadcast *b, struct frames *to, uint64_t sample,
    struct block *picture);
/* The same of a picture that takes the place of the one that was planned for
 * `sample`: it is never late, for nobody waits for it. */
void broadcast_replace(struct broadcast *b, struct frames *to, uint64_t sample,
    struct block *picture);
/* May no more pictures be planned for now? */
bool broadcast_is_full(const struct broadcast *b);

/* What readers have lost is counted when they leave, and here. */
struct broadcast_counts broadcast_count(const struct broadcast *b);

#endif
