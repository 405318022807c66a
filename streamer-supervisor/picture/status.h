/*
 * How the picture is, told to the parent once a second, and when the stream
 * begins or ends, as a line of the log (words.h).
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_STATUS_H
#define STREAMER_SUPERVISOR_PICTURE_STATUS_H

#include "streamer-supervisor/picture/broadcast.h"
#include "streamer-supervisor/picture/painting.h"

#define STATUS_EVERY_NS NS_PER_S

struct status {
	bool serving; /* the stream is there, for readers */
	struct broadcast_counts counts;
	uint64_t pictures;  /* that came from outside */
	const char *source; /* state of the child; NULL: there is none */
	uint64_t restarts;  /* of it */
	bool renderer;      /* one is at the raw door */
	bool painting;
	struct painting_state painted; /* where `painting` */
};

void status_tell(const struct status *s);

#endif
