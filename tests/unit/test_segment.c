/*
 * From texts to the pieces that are spoken, and from words of pieces back to
 * the text: cut by script, replaced by the dictionary, spelled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "tests/unit/test.h"
#include "ttsd/text/segment.h"

static struct dictionary *
words(const char *text)
{
	struct dictionary_error e;
	struct dictionary *d;

	if (dictionary_parse(&d, "words", text, strlen(text), &e) < 0)
		fail_msg("%s", e.text);
	return d;
}

static void
test_untouched(void **state)
{
	struct segment_rules w = { 0 };
	struct segments p;

	(void)state;
	assert_int_equal(segment_text(&w, "Grüße, Welt", &p), 0);
	assert_int_equal(p.count, 1);
	assert_string_equal(p.items[0].text, "Grüße, Welt");
	assert_string_equal(p.items[0].language, "");
	assert_int_equal(p.items[0].offset, 0);
	assert_int_equal(p.items[0].map_count, 0);
	segments_done(&p);
}

static void
test_cut_replaced_and_spelled(void **state)
{
	struct dictionary *d = words("[en]\nDr = Doctor\n[cmn]\n请 = 轻\n");
	struct segment_rules w = { .languages = "en",
		.dictionary = d,
		.spelled = true,
		.spell = SPELL_CODES };
	struct textmap_span span;
	struct segments p;

	(void)state;
	assert_int_equal(
	    segment_text(&w, "Please see Dr Who now. 请A02号", &p), 0);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.items[0].language, "en");
	assert_string_equal(p.items[0].text, "Please see Doctor Who now. ");
	assert_string_equal(p.items[1].language, "cmn");
	assert_string_equal(p.items[1].text, "轻A, 0 2号");
	assert_int_equal(p.items[1].offset, 23);
	/* "Doctor" is "Dr" at 11; the "2" is character 26 of the whole. */
	span = segment_origin(&p.items[0], (struct textmap_span){ 11, 6 });
	assert_int_equal(span.offset, 11);
	assert_int_equal(span.length, 2);
	span = segment_origin(&p.items[1], (struct textmap_span){ 6, 1 });
	assert_int_equal(span.offset, 26);
	assert_int_equal(span.length, 1);
	segments_done(&p);
	dictionary_free(d);
}

/* Words of "Ａ０２３" were told at places of another text, had they been told:
 * the digits were silent. */
static void
test_folded_forms_keep_their_places(void **state)
{
	struct dictionary *d = words("Ａ0２３ = Ｘ７\n");
	struct segment_rules w = { .languages = "en" };
	struct textmap_span span;
	struct segments p;

	(void)state;
	assert_int_equal(segment_text(&w, "㎞ ５ ㎏ go 请Ａ０２号", &p), 0);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.items[0].text, "km 5 kg go ");
	assert_string_equal(p.items[1].text, "请A02号");
	span = segment_origin(&p.items[0], (struct textmap_span){ 8, 2 });
	assert_int_equal(span.offset, 6);
	assert_int_equal(span.length, 2);
	span = segment_origin(&p.items[1], (struct textmap_span){ 1, 3 });
	assert_int_equal(span.offset, 10);
	assert_int_equal(span.length, 3);
	segments_done(&p);
	w.dictionary = d;
	assert_int_equal(segment_text(&w, "㎞ Ａ０２３!", &p), 0);
	assert_string_equal(p.items[0].text, "km X7!");
	span = segment_origin(&p.items[0], (struct textmap_span){ 3, 2 });
	assert_int_equal(span.offset, 2);
	assert_int_equal(span.length, 4);
	segments_done(&p);
	dictionary_free(d);
}

static void
test_too_long_when_written_out(void **state)
{
	static char text[60001];
	char line[300] = "a = ";
	struct segment_rules w = { 0 };
	struct dictionary *d;
	struct segments p;
	size_t i;

	(void)state;
	memset(line + 4, 'b', 200);
	d = words(line);
	for (i = 0; i < 60000; i += 2)
		memcpy(text + i, "a ", 2);
	w.dictionary = d;
	assert_int_equal(segment_text(&w, text, &p), ERR_FULL);
	assert_int_equal(p.count, 0);
	assert_null(p.items);
	dictionary_free(d);
}

/* Whatever the text: pieces in a row, and every span maps into it. */
static void
test_any_text(void **state)
{
	static const char seed[] =
	    "Dr A02 请到3号 Hello, wörld! Привет 12-B שלום";
	struct dictionary *d = words("Dr = Doctor\nhello = \n号 = 号号\n");
	struct segment_rules w = {
		.languages = "de,ru", .dictionary = d, .spelled = true
	};
	struct rng r = { 31 };
	char text[sizeof(seed) + 64];
	struct textmap_span span;
	struct segments p;
	size_t len, i, at;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		memcpy(text, seed, sizeof(seed));
		len = mutate(
		    &r, (uint8_t *)text, sizeof(seed) - 1, sizeof(text) - 1);
		text[len] = '\0';
		if (strlen(text) != len || !utf8_valid(text, len))
			continue;
		w.spell = rng_one_in(&r, 2) ? SPELL_ALL : SPELL_CODES;
		assert_int_equal(segment_text(&w, text, &p), 0);
		for (i = 0, at = 0; i < p.count; i++) {
			assert_true(p.items[i].offset >= at);
			at = p.items[i].offset;
			span = segment_origin(&p.items[i],
			    (struct textmap_span){
				rng_below(&r, 60), rng_below(&r, 10) });
			assert_true(span.offset + span.length <= len);
		}
		segments_done(&p);
	}
	dictionary_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_untouched),
		cmocka_unit_test(test_cut_replaced_and_spelled),
		cmocka_unit_test(test_folded_forms_keep_their_places),
		cmocka_unit_test(test_too_long_when_written_out),
		cmocka_unit_test(test_any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
