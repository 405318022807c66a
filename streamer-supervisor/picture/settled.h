/*
 * Up to which sample the sound had come some time ago. What is told of a sample
 * comes a little behind it, by another way. How long that has had to come is
 * measured in time, for after a standstill many samples come at once; and not
 * up to now, but up to when it was last looked for, which was before it. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_SETTLED_H
#define STREAMER_SUPERVISOR_PICTURE_SETTLED_H

#include <stddef.h>
#include <stdint.h>

#define SETTLED_MARKS 32
#define SETTLED_STEP_NS INT64_C(8000000)
/* What comes within it comes in the same turn of the loop. */
#define SETTLED_TURN_NS INT64_C(2000000)
/* So long ago may be asked for. */
#define SETTLED_MAX_NS ((SETTLED_MARKS - 2) * SETTLED_STEP_NS)

struct settled {
	uint64_t first; /* sample */
	struct {
		int64_t ns;
		uint64_t sample;
	} marks[SETTLED_MARKS]; /* a ring */
	size_t count;           /* ever made */
	int64_t noted_ns, looked_ns;
};

/* The sound begins with that sample. */
void settled_begin(struct settled *s, uint64_t sample);

/* The sound has come up to `sample`, which is not below that of the last call.
 */
void settled_note(struct settled *s, int64_t now_ns, uint64_t sample);

/* Returns up to which sample it had come so long (SETTLED_MAX_NS at most)
 * before the turn of the loop that was before this one, or a step less. */
uint64_t settled_since(const struct settled *s, int64_t ago_ns);

#endif
