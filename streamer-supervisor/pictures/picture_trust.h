/*
 * May a picture be relied on? Each time that one breaks off it takes the sound
 * of its outputs with it, and so does its return. So one that has broken off
 * twice has to last for a while before it is shown: longer each time, and until
 * it has once lasted for PICTURE_TRUST_FORGET_NS. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURES_PICTURE_TRUST_H
#define STREAMER_SUPERVISOR_PICTURES_PICTURE_TRUST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/record.h"
#include "platform/platform.h"

#define PICTURE_TRUST_FIRST_NS (5 * NS_PER_S)
#define PICTURE_TRUST_MAX_NS (300 * NS_PER_S)
#define PICTURE_TRUST_FORGET_NS (600 * NS_PER_S)

/* Starts as zeroes. */
struct picture_trust {
	unsigned losses;
	int64_t since_ns; /* when it came; 0: it is not there */
};

/* Its record (common/record.h). */
extern const struct record_field picture_trust_fields[];

void picture_trust_came(struct picture_trust *t, int64_t now_ns);
/* It broke off, of itself; nothing happens where it was not there. */
void picture_trust_broke(struct picture_trust *t, int64_t now_ns);

/* How long it has to last before it is shown; 0: it is at once. */
int64_t picture_trust_hold_ns(const struct picture_trust *t);
/* Is that so long ago, or nothing? Until then it is not to be waited for. */
bool picture_trust_is_good(const struct picture_trust *t, int64_t now_ns);

#endif
