/*
 * Every shortage of memory that a life may meet: one request refused at each
 * place where memory is asked for, and a while of them from each place on.
 * SHORTAGE_AT=n in the environment lives through the n-th alone, for a
 * debugger.
 */
#ifndef TESTS_SIM_SHORTAGES_H
#define TESTS_SIM_SHORTAGES_H

#include <stddef.h>

/* Lives through a world of its own in which `count` requests for memory are
 * refused from the `first` on (shortage_begin()). Returns how often memory was
 * asked for. */
typedef size_t life_fn(size_t first, size_t count);

/* Is the main() of a test: runs both kinds. */
int shortages_run(life_fn *life);

#endif
