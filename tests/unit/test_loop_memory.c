/*
 * Guards the memory of libev. Story: whatever else of a daemon lives through a
 * lack of memory, libev does not: refused a few bytes for its table of
 * descriptors, it ends the process, and every announcement with it.
 */
#include "tests/unit/test.h"

#include <stdint.h>

#include "platform/loop_memory.h"

#define LARGE 50000

void *__real_malloc(size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *memory, size_t size);

static bool is_short;

/* The program is linked with --wrap for these (Makefile). */
void *
__wrap_malloc(size_t size)
{
	return is_short ? NULL : __real_malloc(size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
	return is_short ? NULL : __real_realloc(memory, size);
}

static unsigned char *
filled(long size, unsigned char with)
{
	unsigned char *p = loop_memory(NULL, size);

	assert_non_null(p);
	memset(p, with, (size_t)size);
	return p;
}

static void
expect_filled(const unsigned char *p, size_t size, unsigned char with)
{
	size_t i;

	assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
	for (i = 0; i < size; i++)
		assert_int_equal(p[i], with);
}

static void
test_grows_and_shrinks(void **state)
{
	unsigned char *p = filled(100, 7);

	(void)state;
	p = loop_memory(p, LARGE);
	expect_filled(p, 100, 7);
	p = loop_memory(p, 50);
	expect_filled(p, 50, 7);
	assert_null(loop_memory(p, 0));
	assert_null(loop_memory(NULL, 0));
}

/* The heap's tables move to the reserve and grow on there; and go back. */
static void
test_a_lack_of_memory(void **state)
{
	unsigned char *p = filled(100, 7), *q;

	(void)state;
	is_short = true;
	p = loop_memory(p, 1000);
	expect_filled(p, 100, 7);
	q = filled(1, 9);
	p = loop_memory(p, LARGE);
	expect_filled(p, 100, 7);
	expect_filled(q, 1, 9);
	is_short = false;
	p = loop_memory(p, LARGE + 1);
	expect_filled(p, 100, 7);
	q = loop_memory(q, 2);
	expect_filled(q, 1, 9);
	loop_memory(p, 0);
	loop_memory(q, 0);
}

/* What was given back is there for the next lack of memory. */
static void
test_the_reserve_ends_and_comes_back(void **state)
{
	void *taken[100];
	size_t n, again, i;

	(void)state;
	is_short = true;
	for (n = 0; (taken[n] = loop_memory(NULL, LARGE)) != NULL; n++)
		;
	assert_int_equal(n, 5);
	for (i = 0; i < n; i++)
		loop_memory(taken[i], 0);
	for (again = 0; (taken[again] = loop_memory(NULL, LARGE)); again++)
		;
	assert_int_equal(again, n);
	for (i = 0; i < n; i++)
		loop_memory(taken[i], 0);
	is_short = false;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows_and_shrinks),
		cmocka_unit_test(test_a_lack_of_memory),
		cmocka_unit_test(test_the_reserve_ends_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
