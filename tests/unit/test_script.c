/*
 * Guards the choice of a language for each part of a text: the examples that
 * a listener would judge by, the table of scripts, and that the runs are the
 * text.
 */
#include "tests/unit/some_text.h"

#include "common/utf8.h"
#include "ttsd/text/character.h"
#include "ttsd/text/script.h"
#include "ttsd/text/script_table.h"

/* The text with "[language]" before each run. */
static void
describe(
    const char *languages, const char *text, size_t len, char *out, size_t size)
{
	char *copy = exact_copy(text, len);
	struct script_runs r;
	size_t i, at = 0;

	assert_int_equal(script_split(copy, len, languages, &r), 0);
	out[0] = '\0';
	for (i = 0; i < r.count; i++)
		at += (size_t)snprintf(out + at, size - at, "[%s]%.*s",
		    r.runs[i].language, (int)r.runs[i].len,
		    copy + r.runs[i].offset);
	assert_true(at < size);
	script_runs_done(&r);
	free(copy);
}

static void
check(const char *languages, const char *want)
{
	char text[512], got[512];
	size_t len = 0;
	const char *p;

	for (p = want; *p; p++) {
		if (*p == '[')
			p = strchr(p, ']');
		else
			text[len++] = *p;
	}
	describe(languages, text, len, got, sizeof(got));
	if (strcmp(got, want) != 0)
		fail_msg("%s: '%s', not '%s'", languages, got, want);
}

static void
check_all(const char *languages, const char *const *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		check(languages, rows[i]);
}

static void
test_every_script(void **state)
{
	static const char *const rows[] = { "[en]Hello", "[el]Καλημέρα",
		"[ru]Привет", "[hy]Բարեւ", "[he]שלום", "[ar]مرحبا", "[dv]ދިވެހި",
		"[hi]नमस्ते", "[bn]নমস্কার", "[pa]ਸਤਿ ਸ੍ਰੀ", "[gu]નમસ્તે",
		"[or]ନମସ୍କାର", "[ta]வணக்கம்", "[te]నమస్కారం", "[kn]ನಮಸ್ಕಾರ",
		"[ml]നമസ്കാരം", "[si]ආයුබෝවන්", "[th]สวัสดี", "[lo]ສະບາຍດີ",
		"[bo]བཀྲ་ཤིས", "[my]မင်္ဂလာပါ", "[ka]გამარჯობა", "[ko]안녕하세요",
		"[am]ሰላም", "[chr]ᎣᏏᏲ", "[km]សួស្តី", "[mn]ᠮᠣᠩᠭᠣᠯ",
		"[ja]こんにちは", "[ja]カタカナ", "[ja]ｶﾀｶﾅ", "[cmn]ㄅㄆㄇ",
		"[cmn]你好", "[cmn]𠀀", "[en]Ｈｅｌｌｏ", "[en]été",
		"[ru]Съешь ещё этих мягких булок" };

	(void)state;
	check_all("en", rows, COUNT_OF(rows));
}

static void
test_chinese_with_codes(void **state)
{
	static const char *const rows[] = {
		"[cmn]请A023号到3号窗口",
		"[cmn]A023号请到3号窗口",
		"[cmn]请乘坐USB-C线",
		"[cmn]VIP客户请到A区",
		"[cmn]还有5 km，10 kg",
		"[cmn]COVID-19疫苗",
		"[cmn]2024年1月5日，12:30",
		"[cmn]票价￥3.50（含税）",
		"[cmn]MP3、5G和B2B",
		"[cmn]“A023”号！",
		"[cmn]请 A 0 2 3 号",
		"[cmn]A, 0 2 3号",
		"[cmn]温度25℃",
		"[cmn]VIP A 座",
		"[cmn]在 A B 区",
	};

	(void)state;
	check_all("en", rows, COUNT_OF(rows));
	check_all("cmn", rows, COUNT_OF(rows));
	check_all("ru,fr", rows, COUNT_OF(rows));
}

static void
test_chinese_with_english(void **state)
{
	static const char *const rows[] = {
		"[cmn]打开[en]Windows[cmn]设置",
		"[cmn]请看 [en]Please go to window 3",
		"[en]Go to [cmn]3号窗口",
		"[en]Hello [cmn]你好 [en]world",
		"[en]Hello [cmn](你好)",
		"[cmn](你好) [en]Hello",
		"[en]Room 5 [cmn]号房",
		"[en]Ticket A023 [cmn]请到",
		"[en]Ticket [cmn]A023请到",
		"[cmn]请取A023 [en]then go",
		"[cmn]你好！[en]3 o'clock sharp",
		"[cmn]你好。\n[en]A023, window 3",
		"[cmn]请A023号。 [en]Number A023, please.",
		"[en]NO EXIT [cmn]禁止出去",
		"[cmn]禁止 [en]NO EXIT",
		"[en]Plan B[cmn]开始",
		"[cmn]用[en]iPhone15 [cmn]拍",
		"[cmn]连接[en]Wi-Fi[cmn]网络",
		"[cmn]说 [en]don't[cmn]吧",
	};

	(void)state;
	check_all("en", rows, COUNT_OF(rows));
	check_all("cmn", rows, COUNT_OF(rows));
	check("en", "[en]Number A023. [cmn]请到");
	check("en", "[en]The end. [cmn]5号");
	check("en", "[en]Number one. [cmn]A023 5号");
	check("en", "[en]Version 3.5 [cmn]版");
}

static void
test_han_is_chinese_or_japanese(void **state)
{
	static const char *const rows[] = {
		"[ja]3番窓口へどうぞ。",
		"[ja]東京タワー",
		"[ja]本日閉店。ありがとうございます。",
		"[cmn]请到3号窗口。[ja]3番窓口へどうぞ。",
		"[cmn]请到3号窗口。[en]Please go to window 3. "
		"[ja]3番窓口へどうぞ。",
		"[ja]日本語です。\n[cmn]这是中文。",
		"[cmn]邓小平[ja]は中国の",
		"[cmn]請到三號窗口",
		"[cmn]中国",
		"[cmn]中国。这是。中国。",
		"[ja]人々の",
		"[ja]サービス",
		"[ja]ＪＲ東日本の",
	};

	(void)state;
	check_all("en", rows, COUNT_OF(rows));
	check("ja", "[ja]中国");
	check("ja", "[cmn]中国。这是。");
	check("en", "[cmn]请到3中国。[ja]ありがとう");
	check("en,ja,yue", "[ja]中国");
	check("yue,ja", "[yue]中国");
	check("ja", "[cmn]请到3号窗口");
	check("ja,zh-TW", "[zh-TW]请到3号窗口");
	check("yue", "[ja]東京へ。[yue]请");
}

static void
test_others_mixed(void **state)
{
	static const char *const rows[] = {
		"[ru]Привет, мир! [en]Hello there.",
		"[ru]рейс SU 123 Москва",
		"[ru]рейс [en]Lufthansa LH 441 [ru]задерживается",
		"[ko]안녕하세요 [en]Hello [ko]3번 창구",
		"[ko]A023번 고객님 3번 창구로",
		"[ar]الرقم A023 إلى الشباك 3",
		"[ar]مرحبا 5 [en]hello world؟ [ar]نعم",
		"[he]מספר 12 [ar]رقم 12",
		"[th]สวัสดี [en]window 3 [th]ครับ",
		"[hi]नमस्ते। [en]Hello.",
		"[en]5 Ω and α-rays",
		"[el]Γειά σου Ω",
		"[en]café [ru]кафе",
		"[cmn]请[ko]번[ja]の[ru]и",
	};

	(void)state;
	check_all("en", rows, COUNT_OF(rows));
}

static void
test_preferences(void **state)
{
	(void)state;
	check("uk", "[uk]Привіт [en]window three");
	check("de,uk", "[uk]Привіт [de]Fenster drei");
	check("fr", "[fr]Bonjour [ru]Привет");
	check("sr-Latn", "[sr-Latn]Dobar dan [ru]Добар");
	check("sr", "[sr]Добар дан [en]Dobar");
	check("fa,ur", "[fa]سلام [en]hello");
	check("mr", "[mr]नमस्ते");
	check("en-GB-x-rp", "[en-GB-x-rp]Hello [cmn]你好");
	check("zh-Hant-TW", "[zh-Hant-TW]你好ㄅ");
	check("ZH", "[ZH]你好");
	check(" de ,  uk ", "[de]Hallo [uk]Привіт");
	check("cmn-latn-pinyin,cmn", "[cmn]你好 [cmn-latn-pinyin]nihao");
	check("", "[en]Hello");
	check(",", "[en]Hello");
	check(NULL, "[en]Hello [ru]Привет");
	/* A tag that is too long is none. */
	check("de-123456789012345678901234567890,fr", "[fr]Bonjour");
	check("de-1234567890123456789012345678,fr",
	    "[de-1234567890123456789012345678]Hallo");
}

static void
test_without_letters(void **state)
{
	struct script_runs r;

	(void)state;
	check("en", "[en]12 34!");
	check("cmn", "[cmn]12 34!");
	check("cmn", "[cmn]A023"); /* a code belongs to who is there */
	check("cmn", "[en]Hello");
	check("de", "[de] ");
	check("de", "[de]😀\n");
	check("de", "[de]\xff\xfe");
	check("de", "[cmn]\xff请\xff");
	assert_int_equal(script_split("", 0, "en", &r), 0);
	assert_int_equal(r.count, 0);
	assert_null(r.runs);
	script_runs_done(&r);
}

static void
test_bound_of_runs(void **state)
{
	const char *pair = "请и";
	struct script_runs r;
	char text[5 * 3000];
	size_t i;

	(void)state;
	for (i = 0; i < 3000; i++)
		memcpy(text + 5 * i, pair, 5);
	assert_int_equal(script_split(text, sizeof(text), "en", &r), 0);
	assert_int_equal(r.count, SCRIPT_RUNS_MAX);
	assert_int_equal(
	    r.runs[r.count - 1].offset + r.runs[r.count - 1].len, sizeof(text));
	script_runs_done(&r);
}

static void
test_tables(void **state)
{
	const char *const han = script_chinese_only;
	bool seen[SCRIPT_COUNT] = { false };
	size_t i;

	(void)state;
	for (i = 0; i < script_range_count; i++) {
		assert_true(script_ranges[i].first <= script_ranges[i].last);
		assert_true(i == 0 ||
			    script_ranges[i - 1].last < script_ranges[i].first);
		assert_true(script_ranges[i].script > SCRIPT_NONE &&
			    script_ranges[i].script < SCRIPT_COUNT);
		seen[script_ranges[i].script] = true;
		assert_int_equal(
		    script_of(script_ranges[i].first), script_ranges[i].script);
		assert_int_equal(
		    script_of(script_ranges[i].last), script_ranges[i].script);
	}
	for (i = 1; i < SCRIPT_COUNT; i++)
		assert_true(seen[i]);
	assert_int_equal(script_chinese_only_len % 3, 0);
	for (i = 3; i < script_chinese_only_len; i += 3)
		assert_true(memcmp(han + i - 3, han + i, 3) < 0);
	assert_null(strstr(han, "中"));
	assert_null(strstr(han, "窓"));
	assert_non_null(strstr(han, "请"));
	assert_int_equal(script_of('0'), SCRIPT_NONE);
	assert_int_equal(script_of(0x10ffff), SCRIPT_NONE);
	assert_int_equal(script_of(0x0300), SCRIPT_NONE);
	assert_int_equal(script_of(UINT32_MAX), SCRIPT_NONE);
	assert_int_equal(script_of(0xd7), SCRIPT_NONE); /* × */
}

static void
test_characters(void **state)
{
	static const uint32_t pairs[][2] = { { 'A', 'a' }, { 'z', 'z' },
		{ '[', '[' }, { 0xc4, 0xe4 }, { 0xd7, 0xd7 }, { 0xdf, 0xdf },
		{ 0x130, 0x130 }, { 0x178, 0xff }, { 0x17d, 0x17e },
		{ 0x17e, 0x17e }, { 0x391, 0x3b1 }, { 0x3c2, 0x3c3 },
		{ 0x3a3, 0x3c3 }, { 0x386, 0x3ac }, { 0x401, 0x451 },
		{ 0x416, 0x436 }, { 0x490, 0x491 }, { 0x1e9e, 0xdf },
		{ 0x1ea4, 0x1ea5 }, { 0xff21, 0xff41 }, { 0x4e00, 0x4e00 } };
	char bytes[4];
	uint32_t c, folded;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(pairs); i++)
		assert_int_equal(character_fold(pairs[i][0]), pairs[i][1]);
	for (c = 0; c <= 0x10ffff; c++) {
		folded = character_fold(c);
		assert_int_equal(character_fold(folded), folded);
		if (folded != c)
			assert_int_equal(script_of(folded), script_of(c));
		if (c < 0xd800 || c > 0xdfff) {
			assert_int_equal(
			    utf8_decode(bytes, utf8_put(c, bytes), &folded),
			    utf8_put(c, bytes));
			assert_int_equal(folded, c);
		}
	}
	assert_true(character_is_digit('9') && character_is_digit(0x0664) &&
		    character_is_digit(0xff10));
	assert_false(character_is_digit('/') || character_is_digit(':') ||
		     character_is_digit(0xb2) || character_is_digit(0x4e00));
	assert_true(
	    utf8_is_blank(' ') && utf8_is_blank(0x3000) && utf8_is_blank('\n'));
	assert_false(utf8_is_blank(0x200b) || utf8_is_blank('x'));
}

/* The runs are the text, differ from their neighbours, and cut it between
 * characters. */
static void
check_runs(const char *text, size_t len, const char *languages)
{
	struct script_runs r;
	size_t i, at = 0;

	assert_int_equal(script_split(text, len, languages, &r), 0);
	assert_true((r.count > 0) == (len > 0));
	for (i = 0; i < r.count; i++) {
		assert_int_equal(r.runs[i].offset, at);
		assert_true(r.runs[i].len > 0);
		assert_true(r.runs[i].language[0] != '\0');
		if (utf8_valid(text, len))
			assert_true(utf8_valid(text + at, r.runs[i].len));
		if (i > 0)
			assert_string_not_equal(
			    r.runs[i].language, r.runs[i - 1].language);
		at += r.runs[i].len;
	}
	assert_int_equal(at, len);
	script_runs_done(&r);
}

static void
test_anything(void **state)
{
	static const char *const languages[] = { "en", "cmn", "ja,ru", "de,uk",
		"", "x,yue" };
	struct rng rng = { 77 };
	char raw[300], *text;
	size_t len;
	int round;

	(void)state;
	for (round = 0; round < 30000; round++) {
		len = some_text(&rng, raw, sizeof(raw));
		if (round % 2)
			len = mutate(&rng, (uint8_t *)raw, len, sizeof(raw));
		text = exact_copy(raw, len);
		check_runs(
		    text, len, languages[rng_below(&rng, COUNT_OF(languages))]);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_script),
		cmocka_unit_test(test_chinese_with_codes),
		cmocka_unit_test(test_chinese_with_english),
		cmocka_unit_test(test_han_is_chinese_or_japanese),
		cmocka_unit_test(test_others_mixed),
		cmocka_unit_test(test_preferences),
		cmocka_unit_test(test_without_letters),
		cmocka_unit_test(test_bound_of_runs),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
