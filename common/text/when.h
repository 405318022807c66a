/*
 * When: a time as people write it on a command line, read at a certain time, on
 * a machine with a certain local time. Pure: both are handed in.
 *
 *   10m, 1.5s, 2d                    so long ago, or from now on
 *   14:50, 9:00, 14:50:30            of today; or, where that is on the wrong
 *                                    side of now, of yesterday or tomorrow
 *   2026-11-29                       that day's first moment
 *   2026-11-29 14:50, or with a 'T'  that day
 *   2026-11-29T14:50:00+01:00        RFC 3339, whatever the local time is
 */
#ifndef COMMON_TEXT_WHEN_H
#define COMMON_TEXT_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/text/civil.h"

enum when_side {
	WHEN_PAST,
	WHEN_FUTURE,
};

/* Local time. Both directions take all times; a day may be one beyond its
 * month, and is then the next one, or 0, the last of the month before. */
struct when_zone {
	int64_t (*to_utc)(const struct civil *local);
	void (*to_local)(int64_t utc_ms, struct civil *local);
};

/* Milliseconds since 1970, UTC; false where `text` is no time. */
bool when_parse(const char *text, enum when_side side, int64_t now_ms,
    const struct when_zone *zone, int64_t *ms);

/* How that may be written, for a message. */
const char *when_expected(enum when_side side);

#endif
