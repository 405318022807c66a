/* When eyes blink: once in every four seconds or so, the same with the same
 * seed. Pure. */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_BLINKS_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_BLINKS_H

#include <stdbool.h>
#include <stdint.h>

#define BLINKS_EVERY_S 4

struct blinks {
	uint64_t seed;
	uint32_t rate_hz;
	uint64_t turn; /* each turn of BLINKS_EVERY_S has one blink */
	uint64_t due;  /* the sample of the next change */
	bool closed;
};

/* The eyes are open at that sample, and some time later they blink. */
void blinks_begin(
    struct blinks *b, uint64_t seed, uint32_t rate_hz, uint64_t sample);

/* Makes the change that is due. */
void blinks_pass(struct blinks *b);

#endif
