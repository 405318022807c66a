/* How long: "500ms", "1.5s", "90m", "1h", "2d". Pure. */
#ifndef COMMON_TEXT_DURATION_H
#define COMMON_TEXT_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* Reads a number, whole or with a decimal point, and its unit, which it needs,
 * as nanoseconds; finer digits are cut. False where it is something else. */
bool duration_parse(const char *text, int64_t *ns);

#endif
