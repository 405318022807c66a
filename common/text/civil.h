/*
 * Dates and times of day as people write them, and days since 1970, in the
 * proleptic Gregorian calendar. Pure: of time zones it knows nothing.
 */
#ifndef COMMON_TEXT_CIVIL_H
#define COMMON_TEXT_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

struct civil {
	int year, month, day; /* from 1 */
	int hour, minute, second, ms;
};

/* Reads exactly `count` digits and moves `p` behind them. False where there are
 * fewer, or where their value is not from low to high. */
bool civil_take_number(const char **p, int count, int low, int high, int *out);
/* Moves `p` behind the character, if it is one of those. */
bool civil_take_char(const char **p, const char *any);

/* Reads "2026-11-29" and moves `p` behind it. */
bool civil_take_date(const char **p, struct civil *c);

/* Reads "14:50", "9:00", "14:50:30" or "14:50:30.5", and moves `p` behind it.
 * Finer digits are cut; a leap second (:60) counts as the second after it.
 * Returns how many numbers it had, 2 or 3; 0: it is no time. */
int civil_take_time(const char **p, struct civil *c);

/* Milliseconds since 1970-01-01 00:00, and back, where both mean UTC. */
int64_t civil_to_ms(const struct civil *c);
void civil_from_ms(int64_t ms, struct civil *c);

#endif
