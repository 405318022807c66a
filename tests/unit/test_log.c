/*
 * Guards the log: one safe line per call whatever a peer put into it, cut to
 * size, levels respected; and the budget of lines per peer.
 */
#include "tests/unit/test.h"

#include "common/log.h"
#include "common/utf8.h"

static struct {
	char line[2 * LOG_LINE_MAX];
	enum log_level level;
	unsigned count;
} seen;

static void
sink(enum log_level level, const char *line)
{
	assert_true(strlen(line) < LOG_LINE_MAX);
	snprintf(seen.line, sizeof(seen.line), "%s", line);
	seen.level = level;
	seen.count++;
}

/* Reads a quoted value as whoever parses our lines does; returns the length of
 * the value with its quotes, 0 where it has no end. */
static size_t
quoted_length(const char *q)
{
	size_t i;

	assert_int_equal(q[0], '"');
	for (i = 1; q[i] && q[i] != '"'; i++)
		i += q[i] == '\\' && q[i + 1];
	return q[i] ? i + 1 : 0;
}

/* An engine that wrote `x" id=7 spoken reason="` to its standard error made our
 * line say that announcement 7 was spoken: who reads key=value saw the end of
 * the quotes. */
static void
test_quoted_values_cannot_be_forged(void **state)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{ "", "\"\"" },
		{ "plain, 日本", "\"plain, 日本\"" },
		{ "x\" id=7 \\", "\"x\\\" id=7 \\\\\"" },
		{ "a\nb\r\tc", "\"a\\nb\\r\\tc\"" },
		{ "\x1b[31m\x7f", "\"\\x1b[31m\\x7f\"" },
		{ "\xff\xe6\x97", "\"\\xff\\xe6\\x97\"" },
		/* NEL, line separator, right-to-left override. */
		{ "\xc2\x85\xe2\x80\xa8\xe2\x80\xae",
		    "\"\\u0085\\u2028\\u202e\"" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++)
		assert_string_equal(log_quote(cases[i].text), cases[i].quoted);
	assert_string_not_equal(log_quote("one"), log_quote("other"));
}

/* Wherever a long one is cut, it ends with its quotes and with three dots, and
 * in no half of an escape or a character. */
static void
test_long_quoted_values_are_cut(void **state)
{
	static const char *const letters[] = { "x", "\"", "\\", "\xff",
		"\xe6\x97\xa5", "\xe2\x80\xae" };
	char big[2 * LOG_QUOTED_MAX];
	size_t i, n, at;
	const char *q;

	(void)state;
	for (i = 0; i < COUNT_OF(letters); i++)
		for (n = 0; n < sizeof(big) - 8; n++) {
			memset(big, 'x', n);
			for (at = n; at + strlen(letters[i]) < sizeof(big);
			     at += strlen(letters[i]))
				memcpy(
				    big + at, letters[i], strlen(letters[i]));
			big[at] = '\0';
			q = log_quote(big);
			assert_in_range(
			    strlen(q), LOG_QUOTED_MAX - 12, LOG_QUOTED_MAX);
			assert_int_equal(quoted_length(q), strlen(q));
			assert_string_equal(q + strlen(q) - 4, "...\"");
			assert_true(utf8_valid(q, strlen(q)));
		}
}

static int
begin(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	log_init(sink, LOG_DEBUG);
	return 0;
}

static void
test_silent_before_init(void **state)
{
	(void)state;
	log_init(NULL, LOG_DEBUG);
	log_error("nobody listens");
	assert_int_equal(seen.count, 0);
}

static void
test_levels(void **state)
{
	int max, level;

	(void)state;
	for (max = LOG_ERROR; max <= LOG_DEBUG; max++)
		for (level = LOG_ERROR; level <= LOG_DEBUG; level++) {
			begin(NULL);
			log_init(sink, (enum log_level)max);
			log_write((enum log_level)level, "n=%d", level);
			assert_int_equal(seen.count, level <= max);
			if (level <= max)
				assert_int_equal(seen.level, level);
		}
	assert_string_equal(log_level_name(LOG_ERROR), "error");
	assert_string_equal(log_level_name(LOG_WARNING), "warning");
	assert_string_equal(log_level_name(LOG_INFO), "info");
	assert_string_equal(log_level_name(LOG_DEBUG), "debug");
}

static void
test_peers_bytes_are_made_safe(void **state)
{
	(void)state;
	log_info("text=%s pid=%d", "a\nerror forged\r\x1b[31m\xff\x80", 7);
	assert_string_equal(seen.line, "text=a?error forged??[31m?? pid=7");
	log_info("%s", "日本語 ok");
	assert_string_equal(seen.line, "日本語 ok");
	log_info("%s", "");
	assert_string_equal(seen.line, "");
	assert_int_equal(seen.count, 3);
}

/* Long lines are cut at a whole character, wherever the cut falls. */
static void
test_long_lines_are_cut(void **state)
{
	static const char *const letters[] = { "x", "\xc3\xa9", "\xe6\x97\xa5",
		"\xf0\x9f\x98\x80" };
	char text[3 * LOG_LINE_MAX];
	size_t i, ahead, len, at;

	(void)state;
	for (i = 0; i < COUNT_OF(letters); i++)
		for (ahead = 0; ahead < 8; ahead++) {
			len = strlen(letters[i]);
			memset(text, '.', ahead);
			for (at = ahead; at + len < sizeof(text); at += len)
				memcpy(text + at, letters[i], len);
			text[at] = '\0';
			log_info("%s", text);
			at = strlen(seen.line);
			assert_in_range(at, LOG_LINE_MAX - 4, LOG_LINE_MAX - 1);
			assert_memory_equal(seen.line, text, at);
			assert_true(utf8_valid(seen.line, at));
		}
}

/* ---- the budget ------------------------------------------------------- */

static void
test_burst_then_one_per_period(void **state)
{
	struct log_limit l = { .every_ns = 1000, .burst = 3 };
	int64_t t = 50000;
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		assert_true(log_allow(&l, t));
	assert_false(log_allow(&l, t));
	assert_false(log_allow(&l, t + 999));
	assert_int_equal(l.dropped, 2);
	assert_true(log_allow(&l, t + 1000));
	assert_false(log_allow(&l, t + 1000));
	/* After long quiet the whole burst is there again, not more. */
	t += 1000000;
	for (i = 0; i < 3; i++)
		assert_true(log_allow(&l, t));
	assert_false(log_allow(&l, t));
	assert_int_equal(l.dropped, 4);
}

/* The model: a bucket that holds `burst` whole periods of time. */
static void
test_against_a_bucket(void **state)
{
	struct rng r = { 8 };
	uint64_t all = log_dropped();
	int round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		struct log_limit l = {
			.every_ns = (int64_t)rng_below(&r, 1000) + 1,
			.burst = (unsigned)rng_below(&r, 10) + 1,
		};
		int64_t full = l.every_ns * l.burst, held = full;
		int64_t now = (int64_t)rng_below(&r, 1000000), pass;
		uint64_t dropped = 0;

		for (i = 0; i < 500; i++) {
			pass = (int64_t)rng_below(&r, (uint64_t)l.every_ns * 2);
			if (rng_one_in(&r, 50))
				pass *= 20;
			if (rng_one_in(&r, 3))
				pass = 0;
			now += pass;
			held = held + pass < full ? held + pass : full;
			assert_int_equal(
			    log_allow(&l, now), held >= l.every_ns);
			if (held >= l.every_ns)
				held -= l.every_ns;
			else
				dropped++, all++;
			assert_int_equal(l.dropped, dropped);
			assert_int_equal(log_dropped(), all);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quoted_values_cannot_be_forged),
		cmocka_unit_test(test_long_quoted_values_are_cut),
		cmocka_unit_test(test_silent_before_init),
		cmocka_unit_test_setup(test_levels, begin),
		cmocka_unit_test_setup(test_peers_bytes_are_made_safe, begin),
		cmocka_unit_test_setup(test_long_lines_are_cut, begin),
		cmocka_unit_test(test_burst_then_one_per_period),
		cmocka_unit_test(test_against_a_bucket),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
