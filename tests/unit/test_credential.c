/*
 * Guards the reading of keys. A file that Notepad had written began with a
 * byte order mark, which was sent as part of the key: the server refused it,
 * and nobody could see why. Two readers disagreed on what a key may hold.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/net/credential.h"

static void
expect(const char *text, size_t len, int rc, const char *key)
{
	void *copy = exact_copy(text, len);
	char got[9];

	assert_int_equal(credential_read(copy, len, got, sizeof(got)), rc);
	assert_string_equal(got, key);
	free(copy);
}

#define EXPECT(text, rc, key) expect(text, sizeof(text) - 1, rc, key)

static void
test_lines(void **state)
{
	(void)state;
	EXPECT("key", 0, "key");
	EXPECT("key\n", 0, "key");
	EXPECT("key\r\nmore", 0, "key");
	EXPECT("\xef\xbb\xbfkey15\r\n", 0, "key15");
	EXPECT(" a b ", 0, " a b ");
	EXPECT("gr\xc3\xbc\xc3\x9f", 0, "gr\xc3\xbc\xc3\x9f");
	EXPECT("12345678", 0, "12345678");
	EXPECT("123456789", ERR_TOO_LONG, "");
}

static void
test_what_is_none(void **state)
{
	(void)state;
	EXPECT("", ERR_INVALID, "");
	EXPECT("\n", ERR_INVALID, "");
	EXPECT("\nkey", ERR_INVALID, "");
	EXPECT("\xef\xbb\xbf", ERR_INVALID, "");
	EXPECT("\xef\xbb", 0, "\xef\xbb");
	EXPECT("a\tb", ERR_INVALID, "");
	EXPECT("a\0b", ERR_INVALID, "");
	EXPECT("a\x7f", ERR_INVALID, "");
}

static void
test_blanks_at_the_edge(void **state)
{
	(void)state;
	assert_true(credential_has_edge_blank("pw "));
	assert_true(credential_has_edge_blank(" pw"));
	assert_false(credential_has_edge_blank("p w"));
	assert_false(credential_has_edge_blank(""));
}

static void
test_names(void **state)
{
	(void)state;
	assert_true(credential_is_meant("credential:"));
	assert_false(credential_is_meant("/credential:x"));
	assert_string_equal(
	    credential_name("credential:you-tube.1"), "you-tube.1");
	assert_null(credential_name("youtube"));
	assert_null(credential_name("credential:"));
	assert_null(credential_name("credential:.."));
	assert_null(credential_name("credential:a/b"));
	assert_null(credential_name("credential:a:b"));
	assert_null(credential_name("credential:a b"));
}

static void
test_why_there_is_none(void **state)
{
	static const char said[] =
	    "its unit passes no credential key: LoadCredential=key:FILE does";

	(void)state;
	assert_string_equal(
	    credential_why("credential:key", NULL, ERR_NOT_FOUND), said);
	assert_string_equal(
	    credential_why("/run/c/key", "/run/c", ERR_NOT_FOUND), said);
	assert_string_equal(credential_why("/run/c/key", "/run/c", ERR_DENIED),
	    err_text(ERR_DENIED));
	assert_string_equal(
	    credential_why("/run/cc/key", "/run/c", ERR_NOT_FOUND),
	    err_text(ERR_NOT_FOUND));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_blanks_at_the_edge),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_why_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
