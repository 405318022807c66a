/*
 * Guards the finding of a JSON object's member in its text: a value of any kind
 * is found where it stands, and bytes of any kind are read in bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "common/control/member.h"
#include "tests/unit/test.h"

static void
expect(const char *object, const char *value)
{
	struct member m;
	char *copy;

	if (value == NULL) {
		assert_false(member_find(object, strlen(object), "tag", &m));
		return;
	}
	assert_true(member_find(object, strlen(object), "tag", &m));
	copy = member_copy(object, &m);
	assert_string_equal(copy, value);
	free(copy);
}

static void
test_values(void **state)
{
	(void)state;
	expect("{\"tag\":1}", "1");
	expect(" { \"a\" : [1,{\"tag\":2}] , \"tag\" : 3 , \"b\":4}", "3");
	expect("{\"a\":\"\\\"tag\\\":1\",\"tag\":\"}\"}", "\"}\"");
	expect("{\"tag\":[ 1 , {\"x\" : \" y \"} ]}", "[1,{\"x\":\" y \"}]");
	expect("{\"tagg\":1,\"ta\":2,\"\":3}", NULL);
	expect("{\"tag\":}", NULL);
	expect("{\"tag\"}", NULL);
	expect("{}", NULL);
	expect("", NULL);
	expect("[\"tag\",1]", NULL);
	expect("{\"tag\":1", NULL);
	expect("{\"tag\":\"\\", NULL);
}

/* Each in a block of its own size, so that ASan sees a byte too many. */
static void
test_any_bytes(void **state)
{
	static const char some[] = "{}[]\",:\\ \ttag01";
	struct rng r = { 7 };
	struct member m;
	size_t i, n, len;
	char *text;

	(void)state;
	for (n = 0; n < 200000; n++) {
		len = rng_below(&r, 40);
		text = malloc(len + 1);
		for (i = 0; i < len; i++)
			text[i] = some[rng_below(&r, sizeof(some))];
		text = realloc(text, len ? len : 1);
		if (len > 8)
			memcpy(text, "{\"tag\":", 7);
		if (member_find(text, len, "tag", &m)) {
			assert_true(m.from < m.to && m.to <= len);
			free(member_copy(text, &m));
		}
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
