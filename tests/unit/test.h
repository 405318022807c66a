/*
 * What the unit tests share: cmocka with what it needs before it, a
 * deterministic source of randomness, and mutation of valid inputs.
 *
 * No test reads a clock, sleeps, or seeds from outside: a failure repeats.
 */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above before it. */
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* xorshift64*; the state is never 0. */
struct rng {
	uint64_t state;
};

static inline uint64_t
rng_next(struct rng *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * UINT64_C(2685821657736338717);
}

/* Uniform enough in 0 … n - 1; n > 0. */
static inline uint64_t
rng_below(struct rng *r, uint64_t n)
{
	return (rng_next(r) >> 16) % n;
}

static inline bool
rng_one_in(struct rng *r, uint64_t n)
{
	return rng_below(r, n) == 0;
}

/* Prints bytes, for the message of a failed check. */
static inline void
print_bytes(const char *what, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t i;

	fprintf(stderr, "%s (%zu bytes):", what, len);
	for (i = 0; i < len && i < 256; i++)
		if (p[i] > 0x20 && p[i] < 0x7f)
			fprintf(stderr, " %c", p[i]);
		else
			fprintf(stderr, " %02x", p[i]);
	fprintf(stderr, "%s\n", len > 256 ? " ..." : "");
}

/* A heap copy of exactly this size, so that the sanitizer sees a read past
 * its end; a copy of nothing is no null pointer. */
static inline void *
exact_copy(const void *data, size_t len)
{
	void *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	if (len)
		memcpy(copy, data, len);
	return copy;
}

/* Changes a valid input in place; returns its new length, at most `max`. */
static inline size_t
mutate(struct rng *r, uint8_t *data, size_t len, size_t max)
{
	static const uint8_t telling[] = { 0, 1, 0x7f, 0x80, 0xbf, 0xc0, 0xed,
		0xf4, 0xfe, 0xff, '\n', '\r', ' ', '"', '\\', '{', '}', '[' };
	size_t at, n;
	int i, changes = (int)rng_below(r, 4) + 1;

	for (i = 0; i < changes; i++) {
		at = len ? rng_below(r, len) : 0;
		switch (rng_below(r, 6)) {
		case 0:
			if (len)
				data[at] ^= (uint8_t)(1 << rng_below(r, 8));
			break;
		case 1:
			if (len)
				data[at] =
				    telling[rng_below(r, sizeof(telling))];
			break;
		case 2:
			len = at;
			break;
		case 3: /* leave out */
			n = len ? rng_below(r, len - at) + 1 : 0;
			memmove(data + at, data + at + n, len - at - n);
			len -= n;
			break;
		case 4: /* say twice */
			n = len ? rng_below(r, len - at) + 1 : 0;
			if (n > max - len)
				n = max - len;
			memmove(data + at + n, data + at, len - at);
			len += n;
			break;
		case 5: /* put in */
			if (len == max)
				break;
			memmove(data + at + 1, data + at, len - at);
			data[at] = telling[rng_below(r, sizeof(telling))];
			len++;
			break;
		}
	}
	return len;
}

#endif
