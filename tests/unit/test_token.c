/*
 * Guards who may ask the gateway: a line that is half understood would let
 * somebody in who was not meant, so each is read whole or refused.
 */
#include "tests/unit/test.h"

#include "common/conf/conf.h"
#include "common/control/session.h"
#include "common/control/token.h"
#include "common/err.h"

#define ZEROES "00000000000000000000000000000000"
#define HASH "sha256:" ZEROES "000000000000000000000000000000ff"

static int
parse(const char *line, struct token *t, const char **why)
{
	/* No byte behind the line is looked at. */
	size_t len = strlen(line);
	char *copy = malloc(len + 1);
	int rc;

	memcpy(copy, line, len);
	rc = token_parse(copy, len, t, why);
	free(copy);
	return rc;
}

static void
test_a_whole_line(void **state)
{
	const char *why, *line =
			     "desk " HASH " may=say,read "
			     "channels=hall,cafe until=2027-01-01T00:00:00Z\n";
	uint8_t hash[TOKEN_HASH_BYTES] = { [31] = 0xff };
	struct token t;
	struct buf out;

	(void)state;
	assert_int_equal(token_parse(line, strlen(line) - 1, &t, &why), 0);
	assert_string_equal(t.name, "desk");
	assert_true(token_may(&t, RIGHT_SAY) && token_may(&t, RIGHT_READ));
	assert_true(token_may(&t, RIGHT_NONE));
	assert_false(token_may(&t, RIGHT_URGENT) || token_may(&t, RIGHT_ADMIN));
	assert_true(token_may_channel(&t, "hall"));
	assert_true(token_may_channel(&t, "cafe"));
	assert_false(token_may_channel(&t, "ward"));
	assert_false(token_may_channel(&t, "hal"));
	assert_false(token_may_channel(&t, ""));
	assert_true(t.until_ms == INT64_C(1798761600000));
	assert_true(token_hash_is(&t, hash));
	hash[0] = 1;
	assert_false(token_hash_is(&t, hash));

	buf_init(&out, 1024);
	assert_int_equal(token_write(&t, &out), 0);
	assert_int_equal(buf_len(&out),
	    strlen("desk " HASH " may=read,say channels=hall,cafe "
		   "until=2027-01-01T00:00:00.000Z\n"));
	buf_done(&out);
	token_done(&t);
}

static void
test_the_least(void **state)
{
	struct token t;
	const char *why;

	(void)state;
	assert_int_equal(parse("a " HASH, &t, &why), 0);
	assert_false(token_may(&t, RIGHT_READ));
	assert_true(token_may_channel(&t, "any"));
	assert_true(t.until_ms == 0);
	token_done(&t);
	assert_int_equal(parse("", &t, &why), ERR_END);
	assert_int_equal(parse(" \t\r", &t, &why), ERR_END);
	assert_int_equal(parse("# desk", &t, &why), ERR_END);
}

static void
test_what_is_refused(void **state)
{
	static const char *const wrong[] = { "desk",
		"desk sha256:", "desk " ZEROES ZEROES, "desk md5:" ZEROES,
		"desk sha256:" ZEROES ZEROES "0", "desk sha256:" ZEROES,
		"desk sha256:G" ZEROES "000000000000000000000000000000f",
		"de/sk " HASH, "desk@home " HASH,
		"a23456789012345678901234567890123 " HASH,
		"desk " HASH " may=", "desk " HASH " may=says",
		"desk " HASH " may=say,,read", "desk " HASH " may=say,",
		"desk " HASH " may",
		"desk " HASH " channels=", "desk " HASH " channels=a,,b",
		"desk " HASH " channels=a/b",
		"desk " HASH " until=", "desk " HASH " until=tomorrow",
		"desk " HASH " until=2027-01-01", "desk " HASH " rights=say",
		"desk " HASH " say" };
	const char *why;
	struct token t;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(wrong); i++) {
		why = NULL;
		if (parse(wrong[i], &t, &why) != ERR_INVALID || why == NULL)
			fail_msg("taken: '%s'", wrong[i]);
	}
}

/* common/control/ does not know common/conf/, and yet names what that does. */
static void
test_names_are_those_of_channels(void **state)
{
	char name[] = "a?", line[128];
	const char *why;
	struct token t;
	int c;

	(void)state;
	assert_int_equal(TOKEN_NAME_MAX, CONF_NAME_MAX);
	assert_int_equal(SESSION_CHANNEL_MAX, CONF_NAME_MAX);
	for (c = 1; c <= UINT8_MAX; c++) {
		if (strchr(" \t\r", c))
			continue;
		name[1] = (char)c;
		snprintf(line, sizeof(line), "%s sha256:" ZEROES ZEROES, name);
		if ((parse(line, &t, &why) == 0) != conf_name_valid(name))
			fail_msg("a name with byte %d", c);
	}
}

static void
test_the_text_of_a_token(void **state)
{
	uint8_t secret[TOKEN_SECRET_BYTES] = { 0x0f, [31] = 0xa0 };
	char text[TOKEN_TEXT_MAX];

	(void)state;
	token_text(secret, text);
	assert_int_equal(strlen(text), TOKEN_TEXT_MAX - 1);
	assert_memory_equal(text, "ttsd_0f00", 9);
	assert_string_equal(text + TOKEN_TEXT_MAX - 5, "00a0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_line),
		cmocka_unit_test(test_the_least),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_names_are_those_of_channels),
		cmocka_unit_test(test_the_text_of_a_token),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
