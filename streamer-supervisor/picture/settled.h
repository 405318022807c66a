/*
 * Up to which sample the sound had come some time ago. What is told of a sample
 * comes a little behind it, by another way: how long that has had to come is
 * measured in time, for after a standstill many samples come at once. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_SETTLED_H
#define STREAMER_SUPERVISOR_PICTURE_SETTLED_H

#include <stddef.h>
#include <stdint.h>

#define SETTLED_MARKS 32
#define SETTLED_STEP_NS INT64_C(8000000)
/* So long ago may be asked for. */
#define SETTLED_MAX_NS ((SETTLED_MARKS - 2) * SETTLED_STEP_NS)

struct settled {
	uint64_t first; /* sample */
	struct {
		int64_t ns;
		uint64_t sample;
	} marks[SETTLED_MARKS]; /* a ring */
	size_t count;           /* ever made */
};

/* The sound begins with that sample. */
void settled_begin(struct settled *s, uint64_t sample);

/* The sound has come up to `sample`, which is not below that of the last call.
 */
void settled_note(struct settled *s, int64_t now_ns, uint64_t sample);

/* Returns up to which sample it had come at that time, or a step before it. */
uint64_t settled_at(const struct settled *s, int64_t ns);

#endif
