/*
 * Whose a ledger is. A second ttsd on one state directory once got the ledger
 * of the first when that one's was killed, and the first had lost its history
 * for good.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "ttsd/ledger/owner.h"

#define OURS "17 500 boot"

/* Processes 4 and 17 live, 5 has ended, and of 6 the system tells nothing. */
static int
mark(int64_t pid, char *out, size_t size)
{
	switch (pid) {
	case 4:
		snprintf(out, size, "4 100 boot");
		return 0;
	case 17:
		snprintf(out, size, OURS);
		return 0;
	case 6:
		return ERR_UNSUPPORTED;
	default:
		return ERR_NOT_FOUND;
	}
}

static int64_t
judge(const char *text)
{
	return owner_judge(text, strlen(text), OURS, mark);
}

static void
test_anothers(void **state)
{
	(void)state;
	assert_int_equal(judge("4 100 boot\n"), 4);
	assert_int_equal(owner_judge("4 100 boot\n", 11, "", mark), 4);
	assert_int_equal(owner_judge(OURS "\n", 12, "", mark), 17);
}

static void
test_ours(void **state)
{
	(void)state;
	assert_int_equal(judge(OURS "\n"), 0);
}

static void
test_of_who_lives_no_more(void **state)
{
	static const char *const texts[] = { "5 100 boot\n", "6 100 boot\n",
		/* Another process has its id. */
		"4 99 boot\n", "4 100 earlier\n", "17 499 boot\n" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(texts); i++)
		assert_int_equal(judge(texts[i]), 0);
}

/* What a power cut may leave, and what nobody has ever written. */
static void
test_nonsense(void **state)
{
	static const char whole[] = "4 100 boot\n";
	static const char *const texts[] = { "", "\n", "4\n", "0 100 boot\n",
		"-4 100 boot\n", " 4 100 boot\n", "4 100 boot\n\n",
		"4 100 boot\n4 100 boot\n", "4 100 boot ", "four\n",
		"99999999999999999999999 100 boot\n" };
	char text[2 * PROCESS_MARK_MAX];
	struct rng r = { 1 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(texts); i++)
		assert_int_equal(judge(texts[i]), 0);
	for (i = 0; i < sizeof(whole) - 1; i++)
		assert_int_equal(owner_judge(whole, i, OURS, mark), 0);
	memset(text, 0, sizeof(text));
	for (i = 0; i <= sizeof(text); i++)
		assert_int_equal(owner_judge(text, i, OURS, mark), 0);
	for (i = 0; i < 100000; i++) {
		size_t len = rng_below(&r, sizeof(text) + 1), j;

		for (j = 0; j < len; j++)
			text[j] = (char)rng_next(&r);
		assert_int_equal(owner_judge(text, len, OURS, mark), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anothers),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_of_who_lives_no_more),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
