/*
 * Guards the use of the pronunciation dictionary: what is found in a text, and
 * that looking up by bisection finds what trying every word would.
 */
#include "tests/unit/some_text.h"

#include "common/err.h"
#include "ttsd/text/character.h"
#include "ttsd/text/dictionary.h"

static struct dictionary *
parse(const char *file_text, size_t len)
{
	char *copy = exact_copy(file_text, len);
	struct dictionary_error e;
	struct dictionary *d;

	if (dictionary_parse(&d, "d.txt", copy, len, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(e.line, 0);
	assert_string_equal(e.text, "");
	free(copy);
	return d;
}

static void
check(const struct dictionary *d, const char *language, const char *text,
    const char *want)
{
	char *copy = exact_copy(text, strlen(text));
	struct rewrite r;
	const char *got;
	size_t len;

	rewrite_init(&r, 100000);
	assert_int_equal(
	    dictionary_apply(d, language, copy, strlen(text), &r), 0);
	got = rewrite_text(&r, &len);
	if (strcmp(got, want) != 0)
		fail_msg(
		    "%s '%s' is '%s', not '%s'", language, text, got, want);
	assert_int_equal(r.map.from_length, count_chars(text, strlen(text)));
	assert_int_equal(r.map.to_length, count_chars(got, len));
	rewrite_done(&r);
	free(copy);
}

static void
test_matching(void **state)
{
	static const char file[] = "\xef\xbb\xbf# a comment\r\n"
				   "; another\n"
				   "\n"
				   "Dr. = Doctor\n"
				   "  ICE=I C E  \n"
				   "ICE Sprinter = fast train\n"
				   "AT&T = A T and T\n"
				   "& = and\n"
				   "C++ = C plus plus\n"
				   "É = eh\n"
				   "ΣΑΣ = sas\n"
				   "Москва = Masskva\n"
				   "a = b\n"
				   "b = a\n"
				   "um =\n"
				   "x=y = 1\n"
				   "重庆 = 虫庆\n"
				   "서울 = 써울\n"
				   "नमस्ते = नमस्कार";
	static const char *const rows[][2] = {
		{ "", "" },
		{ "ICE", "I C E" },
		{ "ice Ice iCE", "I C E I C E I C E" },
		{ "NICE ICED ICE2 2ICE", "NICE ICED ICE2 2ICE" },
		{ "ICE's ICE-Zug (ICE) ICE.",
		    "I C E's I C E-Zug (I C E) I C E." },
		{ "the ICE\n\t Sprinter!", "the fast train!" },
		{ "ICE Sprinters", "I C E Sprinters" },
		{ "ICE\xc2\xa0Sprinter", "fast train" },
		{ "ICE ", "I C E " },
		{ "Dr. No, Dr.No", "Doctor No, DoctorNo" },
		{ "AT&T & co, R&D", "A T and T and co, RandD" },
		{ "C++, C++11", "C plus plus, C plus plus11" },
		{ "é É été e\u0301", "eh eh été e\u0301" },
		{ "σας ΣΑΣ σασ", "sas sas sas" },
		{ "МОСКВА, москвы", "Masskva, москвы" },
		{ "a b ab", "b a ab" },
		{ "um, well um", ", well " },
		{ "x", "y = 1" },
		{ "我在重庆市", "我在虫庆市" },
		{ "ICE重庆ICE", "I C E虫庆I C E" },
		{ "서울은", "써울은" },
		{ "नमस्ते नमस्तेक", "नमस्कार नमस्तेक" },
		{ "a\u0301", "a\u0301" },
		{ "IC", "IC" },
	};
	struct dictionary *d = parse(file, sizeof(file) - 1);
	size_t i;

	(void)state;
	assert_int_equal(dictionary_count(d), 16);
	for (i = 0; i < COUNT_OF(rows); i++) {
		check(d, "en", rows[i][0], rows[i][1]);
		check(d, NULL, rows[i][0], rows[i][1]);
	}
	dictionary_free(d);
	dictionary_free(NULL);
}

static void
test_languages(void **state)
{
	static const char file[] = "w = all\n"
				   "v = all\n"
				   "[EN]\n"
				   "w = english\n"
				   "w x = english\n"
				   "[en-gb]\n"
				   "w = british\n"
				   "[ en_GB-x-rp ]\n"
				   "w = rp\n"
				   "[zh]\n"
				   "w = chinese\n"
				   "[*]\n"
				   "u = all\n"
				   "[en]\n"
				   "t = english\n";
	struct dictionary *d = parse(file, sizeof(file) - 1);

	(void)state;
	check(d, "en", "w v u t", "english all all english");
	check(d, "EN_gb", "w v u t", "british all all english");
	check(d, "en-gb-x-rp", "w w x", "rp english");
	check(d, "en-gb-x", "w", "british");
	check(d, "en-us", "w", "english");
	check(d, "eng", "w", "all");
	check(d, "de", "w v u t", "all all all t");
	check(d, "cmn", "w", "chinese");
	check(d, "cmn-latn-pinyin", "w", "chinese");
	check(d, "zh", "w", "chinese");
	check(d, "zh-TW", "w", "chinese");
	check(d, NULL, "w t", "all t");
	check(d, "", "w", "all");
	check(d, "en/../x", "w", "all");
	check(d, "en-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "w", "all");
	check(d, "en-a-b-c-d-e-f-g-h-i-j", "w", "english");
	dictionary_free(d);
}

/* Of more sections than are looked into, that for all languages is among
 * those that are. */
static void
test_deep_language(void **state)
{
	static const char file[] =
	    "u=all\n[a]\nw=1\n[a-b]\nw=2\n[a-b-c]\nw=3\n[a-b-c-d]\nw=4\n"
	    "[a-b-c-d-e]\nw=5\n[a-b-c-d-e-f]\nw=6\n[a-b-c-d-e-f-g]\nw=7\n"
	    "[a-b-c-d-e-f-g-h]\nw=8\n[a-b-c-d-e-f-g-h-i]\nw=9\n";
	struct dictionary *d = parse(file, sizeof(file) - 1);

	(void)state;
	check(d, "a-b-c-d-e-f-g-h-i", "w u", "9 all");
	check(d, "a-b-c", "w u", "3 all");
	dictionary_free(d);
}

/* Found by fuzz_text: a NUL in the text met the terminators of the words, and
 * the search went on behind them. */
static void
test_nul_in_text(void **state)
{
	struct dictionary *d = parse("dr =\nd = y", 10);
	char *text = exact_copy("Dr\0\0D\0r\0", 8);
	struct rewrite r;
	const char *got;
	size_t len;

	(void)state;
	rewrite_init(&r, 100);
	assert_int_equal(dictionary_apply(d, "en", text, 8, &r), 0);
	got = rewrite_text(&r, &len);
	assert_int_equal(len, 6);
	assert_memory_equal(got, "\0\0y\0r\0", 6);
	rewrite_done(&r);
	free(text);
	dictionary_free(d);
}

static void
test_empty(void **state)
{
	struct dictionary *d = parse("", 0);

	(void)state;
	assert_int_equal(dictionary_count(d), 0);
	check(d, "en", "as it is", "as it is");
	dictionary_free(d);
	d = parse("[en]\n[de]\n# no more", 19);
	check(d, "en", "as it is", "as it is");
	dictionary_free(d);
}

static void
test_offsets(void **state)
{
	static const char file[] = "Dr = Doctor\nNgô = Ngo\n";
	struct dictionary *d = parse(file, sizeof(file) - 1);
	struct textmap_span span;
	struct rewrite r;

	(void)state;
	rewrite_init(&r, 100);
	/* "Für Doctor Ngo!" */
	assert_int_equal(dictionary_apply(d, "de", "Für Dr Ngô!", 13, &r), 0);
	span = textmap_origin(&r.map, (struct textmap_span){ 4, 6 });
	assert_int_equal(span.offset, 4);
	assert_int_equal(span.length, 2);
	span = textmap_origin(&r.map, (struct textmap_span){ 11, 4 });
	assert_int_equal(span.offset, 7);
	assert_int_equal(span.length, 4);
	rewrite_done(&r);
	dictionary_free(d);
}

/* The oracle: at each place every word is tried. Words and texts of few
 * letters, so that they meet. */
static const char *const letters[] = { "a", "b", "A", " ", "号", "-", "1" };

struct words {
	char word[20][40];
	size_t count;
};

static size_t
draw(struct rng *rng, char *out, size_t count)
{
	size_t len = 0, k;

	for (; count > 0; count--) {
		k = rng_below(rng, COUNT_OF(letters));
		len += (size_t)sprintf(out + len, "%s", letters[k]);
	}
	out[len] = '\0';
	return len;
}

static bool
wordy(char c)
{
	return c == 'a' || c == 'b' || c == 'A' || c == '1';
}

/* How many bytes of the text the word takes, 0 when it is not there. */
static size_t
try_word(const char *text, size_t at, const char *word)
{
	size_t n = at, i;

	if (at > 0 && wordy(text[at - 1]) && wordy(text[at]))
		return 0;
	for (i = 0; word[i]; i++) {
		if (word[i] == ' ' && text[n] == ' ') {
			while (text[n] == ' ')
				n++;
			continue;
		}
		if ((uint32_t)(uint8_t)word[i] !=
		    (text[n] == 'A' ? 'a' : (uint32_t)(uint8_t)text[n]))
			return 0;
		n++;
	}
	if (text[n] && wordy(text[n - 1]) && wordy(text[n]))
		return 0;
	return n - at;
}

static void
apply_slowly(const struct words *w, const char *text, char *out)
{
	size_t at = 0, len = 0, best, n, i, which = 0;

	while (text[at]) {
		best = 0;
		for (i = 0; i < w->count; i++) {
			n = try_word(text, at, w->word[i]);
			if (n > best) {
				best = n;
				which = i;
			}
		}
		if (best > 0)
			len += (size_t)sprintf(out + len, "<%zu>", which);
		else
			out[len++] = text[at];
		at += best ? best : 1;
	}
	out[len] = '\0';
}

/* Words in the form that they are kept in, each once. */
static struct dictionary *
draw_words(struct rng *rng, struct words *w)
{
	char file[2000], word[40];
	size_t len = 0, tries, i, k, n;

	w->count = 0;
	for (tries = rng_below(rng, 20); tries > 0; tries--) {
		draw(rng, word, rng_below(rng, 4) + 1);
		for (i = k = 0; word[i]; i++)
			if (word[i] != ' ' || (k > 0 && word[k - 1] != ' '))
				word[k++] = word[i] == 'A' ? 'a' : word[i];
		while (k > 0 && word[k - 1] == ' ')
			k--;
		word[k] = '\0';
		for (i = 0; i < w->count && strcmp(w->word[i], word); i++)
			;
		if (k == 0 || i < w->count)
			continue;
		strcpy(w->word[w->count], word);
		n = (size_t)sprintf(file + len, "%s = <%zu>\n", word, i);
		w->count++;
		len += n;
	}
	return parse(file, len);
}

static void
test_against_trying_every_word(void **state)
{
	struct rng rng = { 1234 };
	char text[400], want[4000];
	struct dictionary *d;
	struct words w;
	int round, i;

	(void)state;
	for (round = 0; round < 2000; round++) {
		d = draw_words(&rng, &w);
		for (i = 0; i < 20; i++) {
			draw(&rng, text, rng_below(&rng, 40));
			apply_slowly(&w, text, want);
			check(d, "en", text, want);
		}
		dictionary_free(d);
	}
}

/* Mutated files and texts: refused with a safe message or applied, with a
 * whole text and a map in range. */
static void
test_anything(void **state)
{
	static const char file[] =
	    "# c\nDr = Doctor\n[en]\nplease go = leave\nÜ = ü\n号 = 號\n"
	    "[ru]\nмир = м и р\n[*]\nA-023 = code\n";
	struct rng rng = { 99 };
	char raw[400], clean[DICTIONARY_ERROR_MAX], *text;
	struct dictionary_error e;
	struct dictionary *d;
	struct rewrite r;
	size_t len;
	int round, rc;

	(void)state;
	for (round = 0; round < 20000; round++) {
		memcpy(raw, file, sizeof(file) - 1);
		len =
		    mutate(&rng, (uint8_t *)raw, sizeof(file) - 1, sizeof(raw));
		text = exact_copy(raw, len);
		rc = dictionary_parse(&d, "f", text, len, &e);
		free(text);
		if (rc < 0) {
			assert_int_equal(rc, ERR_INVALID);
			assert_null(d);
			utf8_sanitise(
			    clean, sizeof(clean), e.text, strlen(e.text));
			assert_string_equal(clean, e.text);
			continue;
		}
		len = some_text(&rng, raw, sizeof(raw));
		if (round % 2)
			len = mutate(&rng, (uint8_t *)raw, len, sizeof(raw));
		text = exact_copy(raw, len);
		rewrite_init(&r, 100000);
		assert_int_equal(dictionary_apply(d, "en", text, len, &r), 0);
		assert_int_equal(r.map.from_length, count_chars(text, len));
		rewrite_done(&r);
		free(text);
		dictionary_free(d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matching),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_deep_language),
		cmocka_unit_test(test_nul_in_text),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_against_trying_every_word),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests_name("dictionary", tests, NULL, NULL);
}
