/*
 * What the fuzzers share: the entry point's prototype, and a check that ends
 * the run with the input kept.
 *
 *   make fuzz            builds them (clang: libFuzzer, ASan, UBSan)
 *   fuzz_x -runs=N DIR   runs one over a folder of inputs
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                  \
	do {                                                             \
		if (!(condition)) {                                      \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
			    __LINE__, #condition);                       \
			abort();                                         \
		}                                                        \
	} while (0)

/* A copy of exactly this size, so that a read past the end is seen. */
static inline void *
exact_copy(const void *data, size_t size)
{
	void *copy = malloc(size ? size : 1);

	MUST(copy != NULL);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

#endif
