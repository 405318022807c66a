/* Deadlines on io_now_ns(), for calls that wait in milliseconds. */
#ifndef TTSD_ENGINES_KIT_KIT_CLOCK_H
#define TTSD_ENGINES_KIT_KIT_CLOCK_H

#include <stdint.h>

#define KIT_NS_PER_MS INT64_C(1000000)
/* A deadline that never comes. */
#define KIT_NEVER INT64_MAX

/* Returns the time that is so many milliseconds from now. */
int64_t kit_in_ms(unsigned ms);

/* Returns the milliseconds until then, rounded up so that nobody wakes too
 * early; 0 once it has come, -1 for KIT_NEVER. */
int kit_ms_until(int64_t at_ns);

#endif
