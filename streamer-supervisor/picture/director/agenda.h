/* Events whose sample is still to come, in the order of their samples. Pure. */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_AGENDA_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_AGENDA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than a minute of words and sounds, which come half a second ahead; and
 * of events that are large, so many bytes as JSON. */
#define AGENDA_MAX 1024
#define AGENDA_BYTES_MAX (512 * 1024)

/* Starts as zeroes. */
struct agenda {
	struct agenda_item {
		uint64_t sample;
		json_t *event;
		size_t bytes; /* of it */
	} items[AGENDA_MAX];
	size_t first, count, bytes;
};

/* Must the first one be taken out before another is kept? */
bool agenda_is_full(const struct agenda *a);

/* Keeps an event, behind those of the same sample; not when agenda_is_full().
 */
void agenda_add(struct agenda *a, uint64_t sample, const json_t *event);

/* The sample of the first one; UINT64_MAX: there is none. */
uint64_t agenda_due(const struct agenda *a);

/* Takes the first one out, for the caller to release. */
json_t *agenda_take(struct agenda *a);

/* Lets go those for which `drops` says so. */
void agenda_drop(struct agenda *a,
    bool (*drops)(const void *arg, const struct agenda_item *item),
    const void *arg);

void agenda_clear(struct agenda *a);

#endif
