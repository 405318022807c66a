/*
 * The time of day, counted in samples between one word of it and the next.
 * Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_DAY_CLOCK_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_DAY_CLOCK_H

#include <stdint.h>

/* What is told may be off by so much, for whoever tells it is late at times. */
#define DAY_CLOCK_SLACK_MS 200

struct day_clock {
	uint32_t rate_hz;
	uint64_t sample; /* at which it was `ms` */
	int64_t ms;      /* since midnight */
	uint64_t due;    /* the sample of the next second; UINT64_MAX: nothing
			    was told */
};

void day_clock_begin(struct day_clock *c, uint32_t rate_hz);

/* Takes the time of day at a sample. The clock is set by it where it is off by
 * more than the slack, and shows no second twice where it was a little fast. */
void day_clock_tell(struct day_clock *c, uint64_t sample, int64_t day_ms);

/* Returns the second of the day at that sample, which is not before the one
 * that is due, and makes the second after it due. */
int64_t day_clock_pass(struct day_clock *c, uint64_t sample);

#endif
