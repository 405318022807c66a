/* Time stamps as RFC 3339 writes them: "2026-11-20T09:00:00.5+01:00". */
#ifndef COMMON_TEXT_RFC3339_H
#define COMMON_TEXT_RFC3339_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes the time in milliseconds since 1970-01-01T00:00:00Z and cuts finer
 * digits. Returns false where `text` is no time stamp. It needs a time zone,
 * with or without a colon ("+0100"), may have a blank instead of 'T', and a
 * leap second (:60) counts as the second after it. */
bool rfc3339_parse(const char *text, int64_t *ms);

/* Writes such a time, in UTC, of the years 1 to 9999. */
void rfc3339_write(int64_t ms, char *out, size_t size);

#endif
