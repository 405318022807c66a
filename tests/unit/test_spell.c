/*
 * Guards spelling: what is a word and a code, what stays as it is, and that
 * every letter of the spelled text still points to itself in the original.
 */
#include "tests/unit/some_text.h"

#include "common/err.h"
#include "ttsd/text/spell.h"

static void
check(enum spell mode, const char *text, const char *want)
{
	char *copy = exact_copy(text, strlen(text));
	struct rewrite r;
	const char *got;
	size_t len;

	rewrite_init(&r, SPELL_MAX(strlen(text)));
	assert_int_equal(spell(copy, strlen(text), mode, &r), 0);
	got = rewrite_text(&r, &len);
	if (strcmp(got, want) != 0)
		fail_msg("'%s' is '%s', not '%s'", text, got, want);
	assert_int_equal(len, strlen(want));
	rewrite_done(&r);
	free(copy);
}

static void
test_codes(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "A023", "A, 0 2 3" },
		{ "Ticket A023 please", "Ticket A, 0 2 3 please" },
		{ "AB12", "A, B, 1 2" },
		{ "A-023", "A, 0 2 3" },
		{ "A\u20110", "A, 0" },
		{ "12-34", "1 2 3 4" },
		{ "7A please", "7 A, please" },
		{ "7A, please", "7 A, please" },
		{ "7A.", "7 A." },
		{ "7A", "7 A" },
		{ "(7A)", "(7 A)" },
		{ "7A。", "7 A。" },
		{ "请A023号到3号窗口", "请A, 0 2 3号到3号窗口" },
		{ "well-known", "well-known" },
		{ "No numbers here, A B", "No numbers here, A B" },
		{ "Room 15", "Room 1 5" },
		{ "Room 5", "Room 5" },
		{ "3.5 km", "3.5 km" },
		{ "12:30", "1 2:3 0" },
		{ "В17", "В, 1 7" },
		{ "٢٣", "٢ ٣" },
		{ "Ａ１２", "Ａ, １ ２" },
		{ "A\u0301"
		  "1",
		    "A\u0301, 1" },
		{ "a1 b", "a, 1 b" },
		{ "-5-", "-5-" },
		{ "5--6", "5--6" },
		{ "A1\n B2", "A, 1\n B, 2" },
		{ "\u0301"
		  "12",
		    "\u0301"
		    "1 2" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++)
		check(SPELL_CODES, rows[i][0], rows[i][1]);
}

static void
test_all(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "IBM", "I, B, M" },
		{ "IBM 42", "I, B, M, 4 2" },
		{ "A023", "A, 0 2 3" },
		{ "été", "é, t, é" },
		{ "e\u0301t", "e\u0301, t" },
		{ "Wi-Fi", "W, i, F, i" },
		{ "你好 AB", "你好 A, B" },
		{ "AB!", "A, B!" },
		{ "12 34", "1 2 3 4" },
		{ "Ж1", "Ж, 1" },
		{ "...", "..." },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++)
		check(SPELL_ALL, rows[i][0], rows[i][1]);
}

static void
test_offsets(void **state)
{
	const char *text = "für A-12";
	struct textmap_span span;
	struct rewrite r;
	size_t len;

	(void)state;
	rewrite_init(&r, 100);
	assert_int_equal(spell(text, strlen(text), SPELL_CODES, &r), 0);
	/* "für A, 1 2" */
	assert_int_equal(count_chars(rewrite_text(&r, &len), 11), 10);
	span = textmap_origin(&r.map, (struct textmap_span){ 4, 1 });
	assert_int_equal(span.offset, 4);
	assert_int_equal(span.length, 1);
	span = textmap_origin(&r.map, (struct textmap_span){ 9, 1 });
	assert_int_equal(span.offset, 7);
	assert_int_equal(span.length, 1);
	span = textmap_origin(&r.map, (struct textmap_span){ 4, 6 });
	assert_int_equal(span.offset, 4);
	assert_int_equal(span.length, 4);
	rewrite_done(&r);
	rewrite_init(&r, 3);
	assert_int_equal(spell(text, strlen(text), SPELL_CODES, &r), ERR_FULL);
	rewrite_done(&r);
}

/* What maps to one character is that character, and in this order all
 * characters of the original but hyphens come. */
static void
check_characters(const char *text, size_t len, const struct rewrite *r)
{
	size_t at, spelled_len, n, i = 0, next = 0, from;
	const char *spelled = rewrite_text(r, &spelled_len);
	struct textmap_span span;

	assert_true(utf8_valid(spelled, spelled_len));
	assert_true(spelled_len <= SPELL_MAX(len));
	for (at = 0; at < spelled_len; at += n, i++) {
		n = utf8_decode(spelled + at, spelled_len - at, NULL);
		span = textmap_origin(&r->map, (struct textmap_span){ i, 1 });
		from = utf8_offset(text, len, span.offset);
		if (span.length == 0 || memcmp(text + from, spelled + at, n)) {
			assert_true(strchr(", ", spelled[at]) != NULL);
			continue;
		}
		assert_int_equal(span.length, 1);
		assert_true(span.offset == next || span.offset == next + 1);
		next = span.offset + 1;
	}
}

static void
test_anything(void **state)
{
	struct rng rng = { 21 };
	char raw[200], *text;
	struct rewrite r;
	size_t len;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		len = some_text(&rng, raw, sizeof(raw));
		text = exact_copy(raw, len);
		rewrite_init(&r, SPELL_MAX(len));
		assert_int_equal(
		    spell(text, len, (enum spell)(round % 2), &r), 0);
		check_characters(text, len, &r);
		rewrite_done(&r);
		free(text);
	}
	/* Malformed text is not asked for, and does no harm. */
	for (round = 0; round < 20000; round++) {
		len = some_text(&rng, raw, sizeof(raw));
		len = mutate(&rng, (uint8_t *)raw, len, sizeof(raw));
		text = exact_copy(raw, len);
		rewrite_init(&r, SPELL_MAX(len));
		assert_int_equal(
		    spell(text, len, (enum spell)(round % 2), &r), 0);
		rewrite_done(&r);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests_name("spell", tests, NULL, NULL);
}
