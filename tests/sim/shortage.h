/*
 * Memory that runs out. What a daemon in the fake world asks for is counted,
 * and what a test names is refused: by malloc() and its kind, by the functions
 * of libc that call it, and in jansson.
 *
 * Programs that include this are linked with SHORTAGE_LINK (Makefile).
 */
#ifndef TESTS_SIM_SHORTAGE_H
#define TESTS_SIM_SHORTAGE_H

#include <stddef.h>

/* Counts from 0 again. Refuses, from the `first` request on (the first one is
 * 1), `count` of them; 0: none. */
void shortage_begin(size_t first, size_t count);
/* Nothing is refused any more. Returns how many were since it began. */
size_t shortage_end(void);
/* How often the daemon has asked for memory since it began. */
size_t shortage_asked(void);

#endif
