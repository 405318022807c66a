/*
 * Forms of characters to what they stand for. Full-width letters and digits,
 * as half the systems of Japan and China print tickets with, were silent in
 * every voice but Cantonese; so were ①, Ⅷ and the digits of other scripts.
 */
#include "tests/unit/some_text.h"

#include "common/text/fold.h"
#include "common/text/fold_table.h"
#include "common/utf8.h"
#include "ttsd/text/plain.h"

static void
check_fold(const char *from, const char *to)
{
	struct rewrite r;
	const char *got;
	size_t len;

	rewrite_init(&r, 1000);
	assert_int_equal(plain(from, strlen(from), &r), 0);
	got = rewrite_text(&r, &len);
	if (strcmp(got, to) != 0)
		fail_msg("'%s' is '%s', not '%s'", from, got, to);
	assert_int_equal(r.map.from_length, utf8_length(from, strlen(from)));
	assert_int_equal(r.map.to_length, utf8_length(to, strlen(to)));
	rewrite_done(&r);
}

static void
test_what_people_write(void **state)
{
	static const char *const pairs[][2] = {
		{ "Ａ０２３号到３号窗口", "A023号到3号窗口" },
		{ "受付番号Ａ－０２３番の方", "受付番号A-023番の方" },
		{ "①⑳❶➉㉑⑴⒈⓪", "12011021110" },
		{ "Ⅷ, ⅻ", "8, 12" },
		{ "５㎞ ５㎏ ２５℃ ５㎡", "5km 5kg 25°C 5m²" },
		{ "５０％、＄３．５０、１２：３０", "50%、$3.50、12:30" },
		{ "٠١٢٣٤٥٦٧٨٩ ۴۵۶", "0123456789 456" },
		{ "०१२ ๓๔๕ ၆၇ ૮૯", "012 345 67 89" },
		{ "𝟎𝟏 𝐀𝕭 Ⓐⓩ", "01 AB Az" },
		{ "ﬁn ﬂ ĳ", "fin fl ij" },
		{ "ｶﾞｷﾞﾊﾟ ｱｲｳ", "ガギパ アイウ" },
		{ "か\u3099", "が" },
		{ "fu\u0308r e\u0302\u0301", "für ế" },
		{ "\u1112\u1161\u11ab\u1100\u116e", "한구" },
		{ "\uf900", "豈" },
		{ "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(pairs); i++)
		check_fold(pairs[i][0], pairs[i][1]);
}

/* What is passed over at a glance is what would have stayed: the loop stood
 * still for 5 ms at a text of 60 kB. */
static void
test_what_is_skipped(void **state)
{
	static const uint32_t ranges[][2] = { { 1, 0x7f }, { 0x400, 0x47f },
		{ 0x4000, 0x9fff } };
	char text[16], out[FOLD_BYTES];
	uint32_t c, before;
	size_t i, n, len, k;

	(void)state;
	for (i = 0; i < COUNT_OF(ranges); i++)
		for (c = ranges[i][0]; c <= ranges[i][1]; c++) {
			n = utf8_put(c, text);
			text[n] = 'x';
			before = 0;
			assert_int_equal(fold_skip(text, n + 1, &before), n);
			assert_int_equal(before, c);
			before = 0;
			assert_int_equal(
			    fold_at(text, n + 1, &before, out, &len), n);
			assert_int_equal(len, n);
			assert_memory_equal(out, text, n);
			assert_int_equal(before, c);
			for (k = 0; k < fold_pair_count; k++)
				if (fold_pairs[k].mark == c)
					fail_msg("U+%04X is an accent", c);
		}
}

/* A character with more behind it is looked at as a whole. */
static void
test_what_is_not_skipped(void **state)
{
	static const struct {
		const char *text;
		size_t skipped;
	} cases[] = { { "", 0 }, { "a", 0 }, { "ab", 1 }, { "e\u0301", 0 },
		{ "ae\u0301", 1 }, { "\uff13", 0 }, { "\u0438\u0306", 0 },
		{ "\u4e2d\uff13", 0 }, { "\u4e2d\u4e2d\uff13", 3 } };
	uint32_t before;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(
		    fold_skip(cases[i].text, strlen(cases[i].text), &before),
		    cases[i].skipped);
}

/* Characters stay that voices pause at, say by name, or read as they are. */
static void
test_what_stays(void **state)
{
	static const char *const texts[] = {
		"您好，请到二楼！（谢谢）：再见；好？",
		"„Grüße“ – m² x₂ ½ № ™ … ² µ",
		"ำ ໜຳ և ﷽ 한글 〇 一二三",
		"für é ё й がぱ",
		"号：３号",
	};
	size_t i;

	(void)state;
	for (i = 0; i + 1 < COUNT_OF(texts); i++)
		check_fold(texts[i], texts[i]);
	check_fold("号：３号", "号：3号");
}

static void
test_the_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < fold_run_count; i++) {
		assert_true(fold_runs[i].first <= fold_runs[i].last);
		assert_true(
		    i == 0 || fold_runs[i - 1].last < fold_runs[i].first);
	}
	for (i = 0; i < fold_text_count; i++) {
		assert_in_range(strlen(fold_texts[i].to), 1, FOLD_BYTES - 1);
		assert_true(i == 0 || fold_texts[i - 1].c < fold_texts[i].c);
	}
	for (i = 1; i < fold_pair_count; i++)
		assert_true(fold_pairs[i - 1].base < fold_pairs[i].base ||
			    fold_pairs[i - 1].mark < fold_pairs[i].mark);
}

/* Whatever comes, what is folded stays, and points back into the text. */
static void
test_any_text(void **state)
{
	struct rng rng = { 7 };
	struct rewrite once, twice;
	const char *folded, *again;
	char text[200];
	size_t len, i, m, n, k;

	(void)state;
	for (i = 0; i < 5000; i++) {
		len = some_text(&rng, text, sizeof(text));
		rewrite_init(&once, 100000);
		rewrite_init(&twice, 100000);
		assert_int_equal(plain(text, len, &once), 0);
		assert_int_equal(once.map.from_length, utf8_length(text, len));
		folded = rewrite_text(&once, &n);
		assert_int_equal(plain(folded, n, &twice), 0);
		again = rewrite_text(&twice, &m);
		assert_int_equal(m, n);
		assert_memory_equal(again, folded, n);
		for (k = 0; k < once.map.to_length; k++)
			assert_true(textmap_origin(&once.map,
					(struct textmap_span){ k, 1 })
					.offset < once.map.from_length);
		rewrite_done(&once);
		rewrite_done(&twice);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_people_write),
		cmocka_unit_test(test_what_is_skipped),
		cmocka_unit_test(test_what_is_not_skipped),
		cmocka_unit_test(test_what_stays),
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_any_text),
	};

	return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
