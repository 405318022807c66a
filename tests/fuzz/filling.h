/*
 * Inputs that stand for longer ones, so that small ones reach what is bounded:
 * a byte FILLING, which is never valid UTF-8, is so many bytes of another.
 */
#ifndef TESTS_FUZZ_FILLING_H
#define TESTS_FUZZ_FILLING_H

#include "tests/fuzz/fuzz.h"

#define FILLING 0xf8
#define FILLING_BYTES 8192
#define EXPANDED_MAX ((size_t)256 * 1024)

/* The input with its filling, to be freed; *len receives the length. */
static inline char *
fuzz_expand(const uint8_t *data, size_t size, char fill, size_t *len)
{
	size_t i, n = 0;
	char *out = malloc(EXPANDED_MAX + size + 1);

	MUST(out != NULL);
	for (i = 0; i < size; i++)
		if (data[i] == FILLING && n < EXPANDED_MAX - FILLING_BYTES) {
			memset(out + n, fill, FILLING_BYTES);
			n += FILLING_BYTES;
		} else {
			out[n++] = (char)data[i];
		}
	*len = n;
	return out;
}

#endif
