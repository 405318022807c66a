/*
 * Guards the way from phonemes to mouth shapes: the sounds that the published
 * table names, what stress, ties, tones and espeak-ng's own marks must not
 * change, and every phoneme that espeak-ng has, by name.
 */
#include "tests/unit/test.h"

#include "common/utf8.h"
#include "ttsd/text/viseme.h"

/* "aa ih" */
static void
describe(const char *ipa, char out[64])
{
	enum viseme shapes[VISEME_SEQUENCE_MAX];
	size_t count = viseme_of(ipa, shapes), i;

	assert_true(count <= VISEME_SEQUENCE_MAX);
	out[0] = '\0';
	for (i = 0; i < count; i++) {
		assert_true(shapes[i] < VISEME_COUNT);
		if (i > 0)
			strcat(out, " ");
		strcat(out, viseme_names[shapes[i]]);
	}
}

static void
check(const char *ipa, const char *want)
{
	char got[64];

	describe(ipa, got);
	if (strcmp(got, want) != 0)
		fail_msg("[%s] is '%s', not '%s'", ipa, got, want);
}

static void
test_names(void **state)
{
	size_t i, k;

	(void)state;
	assert_int_equal(VISEME_COUNT, 15);
	for (i = 0; i < VISEME_COUNT; i++) {
		assert_non_null(viseme_names[i]);
		for (k = 0; k < i; k++)
			assert_string_not_equal(
			    viseme_names[i], viseme_names[k]);
	}
}

/* The reference page, with the IPA of its examples. */
static void
test_published_table(void **state)
{
	static const char *const rows[][2] = { { "p", "PP" }, { "b", "PP" },
		{ "m", "PP" }, { "f", "FF" }, { "v", "FF" }, { "θ", "TH" },
		{ "ð", "TH" }, { "t", "DD" }, { "d", "DD" }, { "k", "kk" },
		{ "ɡ", "kk" }, { "g", "kk" }, { "tʃ", "CH" }, { "dʒ", "CH" },
		{ "ʃ", "CH" }, { "s", "SS" }, { "z", "SS" }, { "n", "nn" },
		{ "l", "nn" }, { "ɹ", "RR" }, { "r", "RR" }, { "ɑː", "aa" },
		{ "ɛ", "E" }, { "ɪ", "ih" }, { "ɔ", "oh" }, { "ʊ", "ou" },
		{ "u", "ou" } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++)
		check(rows[i][0], rows[i][1]);
}

static void
test_sequences(void **state)
{
	(void)state;
	check("aɪ", "aa ih");
	check("aʊ", "aa ou");
	check("eɪ", "E ih");
	check("əʊ", "E ou");
	check("ɔɪ", "oh ih");
	check("aɪə", "aa ih E");
	check("ju", "ih ou");
	check("iau", "ih aa ou");
	check("iː", "ih");
	check("ii", "ih");
	check("ɚ", "E RR");
	check("ɝ", "E RR");
	check("oːɹ", "oh RR");
	check("ɪɹ", "ih RR");
	check("aɪɚ", "aa ih E RR");
	check("aɪɚu", "aa ih E RR"); /* no fifth */
	check("pf", "PP FF");
	/* Affricates. */
	check("ts", "SS");
	check("dz", "SS");
	check("t͡s", "SS");
	check("ʦ", "SS");
	check("ʈ͡ʂ", "CH");
	check("tɕh", "CH");
	check("ts.h", "SS");
	check("st", "SS DD");
}

static void
test_marks_change_nothing(void **state)
{
	static const char *const marks[] = { "ˈ", "ˌ", "ː", "ˑ", "̃", "̩", "̪", "̯",
		"͡", "̞", "ʰ", "ʲ", "ˤ", "˥", "1", "5", "-", "#", "^", "[", "`",
		"_", ".", "\"", ":", "ʷ" };
	static const char *const sounds[] = { "a", "p", "s", "ʁ", "tʃ", "aɪ" };
	char plain[64], with[16], got[64];
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT_OF(sounds); i++) {
		describe(sounds[i], plain);
		for (k = 0; k < COUNT_OF(marks); k++) {
			snprintf(
			    with, sizeof(with), "%s%s", sounds[i], marks[k]);
			describe(with, got);
			assert_string_equal(got, plain);
			snprintf(
			    with, sizeof(with), "%s%s", marks[k], sounds[i]);
			describe(with, got);
			assert_string_equal(got, plain);
		}
	}
	check("kh", "kk");
	check("ph", "PP");
	check("h", "kk");
	check("hs", "kk SS");
	check("ʔa", "aa");
}

static void
test_no_shape_and_silence(void **state)
{
	(void)state;
	check("", "sil");
	check(" ", "sil");
	check("_", "sil");
	check("_:", "sil");
	check("ˈ", "");
	check("ː", "");
	check("̃", "");
	check("51", "");
	check("(en)", "");
	check("(cmn)", "");
	/* On their own these are sounds. */
	check("ʔ", "kk");
	check("?", "kk");
	check("ʰ", "kk");
	check("ʲ", "ih");
	check("ᵐ", "PP");
	check("ⁿ", "nn");
	check("ᵑ", "kk");
	/* These are no letters of the IPA. */
	check("ж", "kk");
	check("\xff", "");
	check("a\xff", "aa");
}

/* Every phoneme of every table of espeak-ng 1.51 in every voice: each of the
 * 610 mnemonics in its phontab was given as [[mnemonic]] to each of its 131
 * voices, and these are the distinct names in the phoneme events that came
 * back, but for a control character. Sentences in 42 languages brought nothing
 * further but "(en)". */
static const char espeak_phonemes[] =
    "1 ? ?\? ?a ?ɑ A K N S X a a- a. a: a` aa aai aanɡ aau ai anɡ au aɛ "
    "aɨ aɪ aɪə aɪɚ aɪʊɹ aɪː aɪ̃ aɯ aʊ aʊə aʊː aʊ̃ aː aːi aːu aːɪ aːʊ ã b bʰ "
    "bʲ c cr cʰ d d- dZ d[ d^ dz dʑ dʒ dʒʲ dʒ̃ dʰ dʲ dˤ d̪ d̻͡z̪ e e- e: e` ea "
    "ee ei enɡ eo eoi eu ey eɑ eə eɪ eɪː eʊ eː ẽ ẽ` e̞ e̪u f fʲ g h hs ht "
    "hʰ i i. i: i? i` ia iau ie inɡ io iou iu iy iɑ iɑu iə iɛ iɪ iʊ iː ĩ "
    "ĩ` i̪ i̯ j ja ju k k- k^ k_h k` kh ky kʰ kʲ k̃ l l# l- l̩ l̩ː m m# mʲ m̩ n "
    "n# n^ nɡ nʲ n̩ n̪ o o- o: o` oe oe: oenɡ oi onɡ ou oæ oə oɪ oʊ oʊː oː "
    "oːɹ õ õ` õɪ̃ o̞ p p- p_h p` pf ph pʰ pʲ q q- q` r r# r. r̝ r̝̊ r̩ r̩ː s s- "
    "s. s^ ss sx sʲ s̪ s̺ s̻ t t- tS t[ t^ t_h t` th tl# ts ts. ts.h tsh tsʰ "
    "tsʲ ts̺ ts̻ tɕ tɕh tʃ tʃ` tʃʰ tʃʲ tʃ̃ tʰ tʲ t̪ t̻͡s t̻͡s̪ t͡s t͡ʃ u u\" u\"ː u- "
    "u. u: u` ua uai ue uei ui unɡ uo uɑ uə uɨ uɪ uː ũ ũ` ŭ v vʲ w wʰ x "
    "xʰ y y- y: yi yu yæ yø yə yɛ yɪ yʊ yː z z- zʲ ä æ æi æy æʊ æː æːɪ "
    "æːʊ ç ð õː ø øi øy øyː øə øː ħ ĩ ŋ ŋ# ŋ- ŋ̩ œ œy œː œ̃ ũ ɐ ɐ̃ ɐ̃ʊ̃ ɐ̯ ɑ ɑ: "
    "ɑu ɑə ɑɨ ɑɪ ɑʊ ɑː ɑːɹ ɑ̃ ɑ̃ː ɒ ɒ` ɒ̃ ɒ̃` ɔ ɔ+ ɔ- ɔa ɔi ɔø ɔə ɔɨ ɔɪ ɔʊ ɔː "
    "ɔːɹ ɔ̃ ɕ ɖ ɖʰ ɖ͡ʐ ɗ ə ə- əi əl ər əu əɨ əɪ əɹ əʊ əː əːɪ əːʊ ɚ ɛ ɛ- ɛu "
    "ɛɪ ɛɹ ɛʊ ɛː ɛ̃ ɛ̃ː ɜ ɜɪ ɜː ɟ ɟʰ ɡ ɡʰ ɡʲ ɡ̃ ɢ ɣ ɣ^ ɣ̃ ɤ ɨ ɨu ɨː ɨ̃ ɪ ɪ^ ɪu "
    "ɪɹ ɪː ɪ̃ ɫ ɬ ɭ ɯ ɯ: ɯi ɯɪ ɯᵝ ɲ ɲ# ɳ ɴ ɵ ɵː ɸ ɹ ɻ ɽ ɾ ɾʲ ʀ ʁ ʂ ʃ ʃʲ ʃ̃ "
    "ʈ ʈʰ ʈ͡ʂ ʉ ʉɪ ʉɹ ʉː ʊ ʊə ʊɪ ʊɹ ʊː ʊ̃ ʋ ʌ ʌɪ ʌɹ ʌʉ ʌʊ ʌ̃ ʌ̃` ʍ ʎ ʐ ʑ ʒ ʒʲ "
    "ʔ ʔe ʔi ʔo ʔu ʔy ʔœ ʔʌ ʕ ʝ ʦ ʰ ʰa ʰcFʀ ʰe ʰi ʰl ʰo ʰr ʰu ʰə ʰχ ʲ ː ̃ "
    "Φ β ε θ χ ᵐ ᵑ ᵻ ⁿ";

/* Is the letter known to have no shape of its own? */
static bool
has_no_shape(const char *ipa)
{
	return strcmp(ipa, "1") == 0 || strcmp(ipa, "ː") == 0 ||
	       strcmp(ipa, "̃") == 0;
}

/* The letters by place of articulation, so that a slip in the table shows;
 * every letter of the list above is here. */
static const char *const places[][2] = { { "pbmɓɸβʙΦ", "PP" },
	{ "fvʋɱF", "FF" }, { "θð", "TH" }, { "tdʈɖɗɾ", "DD" },
	{ "nlɲɳɫɬɭʎK", "nn" }, { "szʦ", "SS" }, { "ɕʑʂʐʃʒSZ", "CH" },
	{ "rɹɻɽ", "RR" }, { "kɡgcɟçʝxɣŋqɢχʁʀħʕhɦɴXN", "kk" },
	{ "aɑæɐʌäãA", "aa" }, { "eɛəɜɤε", "E" }, { "iɪjɨɯᵻĩ", "ih" },
	{ "oɔɒøœɵõ", "oh" }, { "uʊyʏʉwʍɥũ", "ou" }, { "ɚ", "E RR" },
	{ "ʔʰ?ᵑ", "kk" }, { "ʲ", "ih" }, { "ᵐᵝ", "PP" }, { "ⁿ", "nn" } };

static bool
has_place(uint32_t cp)
{
	uint32_t c;
	const char *p;
	size_t i, n;

	for (i = 0; i < COUNT_OF(places); i++)
		for (p = places[i][0]; *p; p += n) {
			n = utf8_decode(p, strlen(p), &c);
			if (c == cp)
				return true;
		}
	return false;
}

static bool
is_mark(uint32_t cp)
{
	if (cp < 0x80)
		return strchr("1#+-.:[^_`\"", (int)cp) != NULL;
	return cp >= 0x2b0 && cp < 0x370;
}

static void
test_every_phoneme_of_espeak(void **state)
{
	char *list = strdup(espeak_phonemes), *save = NULL, *p, got[64];
	size_t count = 0, n;
	uint32_t cp;

	(void)state;
	assert_non_null(list);
	for (p = strtok_r(list, " ", &save); p;
	     p = strtok_r(NULL, " ", &save)) {
		count++;
		describe(p, got);
		if ((got[0] == '\0') != has_no_shape(p))
			fail_msg("[%s] is '%s'", p, got);
		if (strcmp(got, "sil") == 0)
			fail_msg("[%s] is silent", p);
		for (; *p; p += n) {
			n = utf8_decode(p, strlen(p), &cp);
			assert_true(n > 0);
			if (!has_place(cp) && !is_mark(cp))
				fail_msg("U+%04X is nowhere", cp);
		}
	}
	free(list);
	assert_int_equal(count, 466);
}

static void
test_by_place(void **state)
{
	char letter[5];
	const char *p;
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT_OF(places); i++)
		for (p = places[i][0]; *p; p += n) {
			n = utf8_decode(p, strlen(p), NULL);
			memcpy(letter, p, n);
			letter[n] = '\0';
			check(letter, places[i][1]);
		}
}

static void
test_anything(void **state)
{
	struct rng r = { 11 };
	uint8_t raw[16];
	char got[64], *copy;
	size_t len, i;
	int round;

	(void)state;
	for (round = 0; round < 100000; round++) {
		len = rng_below(&r, sizeof(raw));
		for (i = 0; i < len; i++)
			raw[i] = (uint8_t)(rng_next(&r) | 1);
		if (len > 4)
			memcpy(raw, "t͡ʃ", 4);
		raw[len] = '\0';
		copy = exact_copy(raw, len + 1);
		describe(copy, got);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_published_table),
		cmocka_unit_test(test_sequences),
		cmocka_unit_test(test_marks_change_nothing),
		cmocka_unit_test(test_no_shape_and_silence),
		cmocka_unit_test(test_every_phoneme_of_espeak),
		cmocka_unit_test(test_by_place),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests_name("viseme", tests, NULL, NULL);
}
