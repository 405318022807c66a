/*
 * How a [video] is, in brief: what an event tells of, and a metric. It is made
 * of the state of its process and of the status that this told last. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURES_PICTURE_CONDITION_H
#define STREAMER_SUPERVISOR_PICTURES_PICTURE_CONDITION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/child/child.h"

struct picture_condition {
	enum child_state state; /* of its process */
	bool serving;           /* there is a stream */
	/* State of the child that makes its frames; "": there is none, or it is
	 * not known. */
	char source[16];
	uint64_t source_restarts; /* of that child */
	/* Why a file is not shown as it is on disk; "": it is. */
	char trouble[256];
};

/* `status` may be NULL: the process has told none. */
void picture_condition_read(
    struct picture_condition *c, enum child_state state, const json_t *status);

/* Is there a child that makes frames, and is it not running? */
bool picture_condition_lacks_source(const struct picture_condition *c);

bool picture_condition_equal(
    const struct picture_condition *a, const struct picture_condition *b);

#endif
