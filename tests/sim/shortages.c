#include "tests/sim/shortages.h"

#include "tests/unit/test.h"

#define ONE_ENV "SHORTAGE_AT"

/* Every one of these places is tried; under the sanitizers, which take three
 * times as long, fewer. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 7
#else
#define STEP 1
#endif

static life_fn *live;

static void
test_each_refused_once(void **state)
{
	const char *one = getenv(ONE_ENV);
	size_t n, asked = one ? 0 : live(0, 0);

	(void)state;
	if (one)
		live(strtoul(one, NULL, 10), 1);
	for (n = 1; n <= asked; n += STEP)
		live(n, 1);
	printf("%zu requests for memory, each refused once (one in %d)\n",
	    asked, STEP);
}

/* A shortage of some length, from every place on; and one that lasts. */
static void
test_refused_for_a_while(void **state)
{
	static const size_t lengths[] = { 7, 50, 400 };
	size_t i, n, asked, runs = 0;

	(void)state;
	if (getenv(ONE_ENV))
		return;
	asked = live(0, 0);
	for (i = 0; i < COUNT_OF(lengths); i++)
		for (n = 1; n <= asked; n += lengths[i] * STEP, runs++)
			live(n, lengths[i]);
	live(1, SIZE_MAX);
	printf("%zu shortages of 7, 50 and 400 requests\n", runs);
}

int
shortages_run(life_fn *life)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_refused_once),
		cmocka_unit_test(test_refused_for_a_while),
	};

	live = life;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
