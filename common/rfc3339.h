/* Time stamps as RFC 3339 writes them: "2026-11-20T09:00:00.5+01:00". */
#ifndef COMMON_RFC3339_H
#define COMMON_RFC3339_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z; finer digits are cut. False when
 * it is no such time stamp: a zone is needed, 'T' may be a blank, and a leap
 * second (:60) is the second after it. */
bool rfc3339_parse(const char *text, int64_t *ms);

#endif
