/*
 * SSML, read by a real XML parser. Before, each engine had a reader of its
 * own: a comment with '>' was spoken, CDATA was not, <sub> said what it should
 * not, quoted names came with their quotes, and what was malformed was found
 * out about, or not, in mid-announcement.
 *
 * With TTSD_SEEDS=FOLDER the documents are written there, for fuzz_ssml.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/text/clause.h"
#include "common/text/ssml.h"
#include "common/utf8.h"
#include "ttsd/text/ssml_language.h"

#define SHOWN_MAX 4096

/* 'text' !mark _pause {voice/language } [phonemes/alphabet ] <tag> */
static void
show(const struct ssml *s, char *out)
{
	const struct ssml_item *item;
	size_t i;

	*out = '\0';
	for (i = 0; i < s->count; i++) {
		item = &s->items[i];
		switch (item->kind) {
		case SSML_TEXT:
			out += sprintf(out, "'%s'", item->text);
			break;
		case SSML_MARK:
			out += sprintf(out, "!%s", item->text);
			break;
		case SSML_BREAK:
			out += sprintf(out, "_%u", item->ms);
			break;
		case SSML_VOICE:
			out += sprintf(out, "{%s/%s ", item->text,
			    item->language ? item->language : "");
			break;
		case SSML_VOICE_END:
			out += sprintf(out, "}");
			break;
		case SSML_PHONEME:
			out += sprintf(out, "[%s/%s ", item->text,
			    item->alphabet ? item->alphabet : "");
			break;
		case SSML_PHONEME_END:
			out += sprintf(out, "]");
			break;
		case SSML_OPEN:
		case SSML_CLOSE:
			out += sprintf(out, "%s", item->text);
			break;
		}
	}
}

static void
keep_seed(const char *text)
{
	const char *folder = getenv("TTSD_SEEDS");
	static unsigned number;
	char path[512];
	FILE *f;

	if (folder == NULL)
		return;
	snprintf(path, sizeof(path), "%s/ssml-%u", folder, number++);
	f = fopen(path, "wb");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int
read_all(const char *text, struct ssml *s, struct ssml_error *e)
{
	keep_seed(text);
	return ssml_read(text, strlen(text), s, e);
}

static void
check_read(const char *text, const char *expected)
{
	char shown[SHOWN_MAX];
	struct ssml_error e;
	struct ssml s;

	if (read_all(text, &s, &e) < 0)
		fail_msg("%s: line %lu, column %lu: %s", text, e.line, e.column,
		    e.text);
	show(&s, shown);
	if (strcmp(shown, expected) != 0)
		fail_msg("%s: %s, not %s", text, shown, expected);
	ssml_done(&s);
}

static void
test_what_is_spoken(void **state)
{
	static const char *const pairs[][2] = {
		{ "<speak>cat</speak>", "'cat'" },
		{ "cat", "'cat'" },
		{ "cat <break time='1s'/> dog", "'cat '_1000' dog'" },
		{ "\xef\xbb\xbf<?xml version='1.0' encoding='UTF-16'?>\n"
		  "<!-- a > b --><!DOCTYPE speak PUBLIC '-//W3C//DTD' "
		  "'http://nowhere/x.dtd'><speak version='1.1' "
		  "xmlns='http://www.w3.org/2001/10/synthesis'>cat</speak>",
		    "'cat'" },
		{ "<speak/>", "" },
		{ "<speak>a <!-- b > c <d> -->e</speak>", "'a ''e'" },
		{ "<speak>a <![CDATA[x < y]]> b</speak>", "'a ''x < y'' b'" },
		{ "<speak>&lt;3 &amp; &quot;&apos;&gt;</speak>",
		    "'<''3 ''&'' ''\"'''''>'" },
		{ "<speak>caf&eacute;&nbsp;&#x41;&#66;&mdash;&euro;</speak>",
		    "'caf''é''\u00a0''A''B''—''€'" },
		{ "<speak>The <sub alias='World &amp; Web'>WWW</sub>.</speak>",
		    "'The ''World & Web''.'" },
		{ "<speak><sub alias='a'>b<p>c</p><mark name='m'/></sub>"
		  "<sub alias=''>c</sub><sub alias='d'/></speak>",
		    "'a'!m'd'" },
		{ "<speak><desc>no</desc><metadata>no <b>no</b><mark "
		  "name='m'/></metadata><lexicon uri='x'/>yes</speak>",
		    "'yes'" },
		{ "<speak><audio src='/etc/passwd'>instead</audio></speak>",
		    "'instead'" },
		{ "<speak><x:own z='1'>theirs</x:own></speak>", "'theirs'" },
		{ "<speak><phoneme>tomato</phoneme> <w "
		  "role='x'>one</w></speak>",
		    "'tomato'' ''one'" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(pairs); i++)
		check_read(pairs[i][0], pairs[i][1]);
}

static void
test_marks_and_pauses(void **state)
{
	static const char *const pairs[][2] = {
		{ "<speak>A 23.<mark name=\"show\"/> B <mark name='n'/>c"
		  "</speak>",
		    "'A 23.'!show' B '!n'c'" },
		{ "<mark name='&quot;a&quot; &lt;b&gt;'/>", "!\"a\" <b>" },
		{ "<speak><break time='1.5s'/><break time=\"300ms\"/>"
		  "<break time='+.25s'/><break time='0s'/><break time='2.s'/>"
		  "</speak>",
		    "_1500_300_250_0_2000" },
		{ "<speak><break/><break strength='none'/>"
		  "<break strength='x-weak'/><break strength='weak'/>"
		  "<break strength='medium'/><break strength='strong'/>"
		  "<break strength='x-strong'/>"
		  "<break strength='x-strong' time='7ms'/></speak>",
		    "_400_0_100_200_400_700_1000_7" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(pairs); i++)
		check_read(pairs[i][0], pairs[i][1]);
}

static void
test_what_engines_are_given(void **state)
{
	static const char *const pairs[][2] = {
		{ "<speak><p>a<s>b</s></p></speak>", "<p>'a'<s>'b'</s></p>" },
		{ "<speak><prosody rate='50%' contour='(0%,+20Hz)' "
		  "pitch='high'>a</prosody><prosody>b</prosody></speak>",
		    "<prosody pitch=\"high\" rate=\"50%\">'a'</prosody>'b'" },
		{ "<prosody rate='\"&gt;&lt;&amp;'>a</prosody>",
		    "<prosody rate=\"&#34;&#62;&#60;&#38;\">'a'</prosody>" },
		{ "<emphasis>a</emphasis><say-as interpret-as='date' "
		  "format='dmy'>b</say-as>",
		    "<emphasis>'a'</emphasis><say-as format=\"dmy\" "
		    "interpret-as=\"date\">'b'</say-as>" },
		{ "<speak xml:lang='en-US'>a<lang xml:lang='de'>b</lang>"
		  "<voice name='fr'>c</voice><voice gender='female' "
		  "languages='es it'>d</voice><s xml:lang='zh'>e</s></speak>",
		    "{/en-US 'a'{/de 'b'}{fr/ 'c'}{/es <voice "
		    "gender=\"female\">'d'</voice>}{/zh <s>'e'</s>}}" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(pairs); i++)
		check_read(pairs[i][0], pairs[i][1]);
}

static void
check_phoneme(const char *text, const char *source)
{
	const struct ssml_item *item;
	struct ssml_error e;
	struct ssml s;
	size_t i, at;

	assert_int_equal(read_all(text, &s, &e), 0);
	for (i = 0; s.items[i].kind != SSML_PHONEME; i++)
		assert_true(i < s.count);
	item = &s.items[i];
	at = utf8_offset(text, strlen(text), item->offset);
	assert_memory_equal(text + at, source, strlen(source));
	assert_int_equal(item->length, utf8_length(source, strlen(source)));
	ssml_done(&s);
}

/* What is spoken for a text comes from the whole of it. */
static void
test_phonemes(void **state)
{
	static const char *const pairs[][2] = {
		{ "<phoneme alphabet='ipa' ph='x'>a<mark name='m'/></phoneme>b",
		    "[x/ipa 'a'!m]'b'" },
		{ "<phoneme ph='x' xml:lang='de'>a</phoneme>",
		    "{/de [x/ 'a']}" },
		{ "<phoneme alphabet='x-espeak' ph='a&amp;'/>",
		    "[a&/x-espeak ]" },
		{ "<phoneme ph=''>a</phoneme>", "'a'" },
		{ "<sub alias='a'><phoneme ph='x'>b</phoneme></sub>", "'a'" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(pairs); i++)
		check_read(pairs[i][0], pairs[i][1]);
	check_phoneme("<speak>ß <phoneme ph='x'>Grü&eacute;<p>s</p></phoneme>"
		      "</speak>",
	    "Grü&eacute;<p>s</p>");
	check_phoneme("ß <phoneme ph='x'/> b", "");
}

/* Each text comes from a place in the source, in characters: events tell it.
 * CDATA that began with "&" came from all up to the next ";". */
static void
test_places(void **state)
{
	static const char text[] =
	    "<speak>Grü<break/>ß&eacute;\r\n<sub alias='b'>cé</sub><sub "
	    "alias='d'/><![CDATA[é]]>&#x1F600;z<![CDATA[& b]]>c;</speak>";
	static const struct {
		const char *spoken, *source;
		bool exact;
	} parts[] = { { "Grü", "Grü", true }, { "ß", "ß", true },
		{ "é", "&eacute;", false }, { "\n", "\r\n", false },
		{ "b", "cé", false }, { "d", "<sub alias='d'/>", false },
		{ "é", "é", true }, { "😀", "&#x1F600;", false },
		{ "z", "z", true }, { "& b", "& b", true },
		{ "c;", "c;", true } };
	const struct ssml_item *item;
	struct ssml_error e;
	struct ssml s;
	size_t i, n = 0, at;

	(void)state;
	assert_int_equal(read_all(text, &s, &e), 0);
	for (i = 0; i < s.count; i++) {
		item = &s.items[i];
		if (item->kind != SSML_TEXT)
			continue;
		at = utf8_offset(text, strlen(text), item->offset);
		assert_string_equal(item->text, parts[n].spoken);
		assert_memory_equal(
		    text + at, parts[n].source, strlen(parts[n].source));
		assert_int_equal(item->length,
		    utf8_length(parts[n].source, strlen(parts[n].source)));
		assert_int_equal(item->exact, parts[n].exact);
		n++;
	}
	assert_int_equal(n, COUNT_OF(parts));
	ssml_done(&s);
}

static void
check_refused(
    const char *text, unsigned long line, unsigned long column, const char *why)
{
	struct ssml_error e;
	struct ssml s;
	int rc = read_all(text, &s, &e);

	if (rc != ERR_INVALID)
		fail_msg("%.100s: %d", text, rc);
	assert_int_equal(s.count, 0);
	if (e.line != line || e.column != column)
		fail_msg(
		    "%.100s: line %lu, column %lu", text, e.line, e.column);
	if (strstr(e.text, why) == NULL)
		fail_msg("%.100s: %s", text, e.text);
}

static void
test_what_is_refused_and_where(void **state)
{
	(void)state;
	check_refused("<speak unclosed & bad", 1, 17, "well-formed");
	check_refused("<speak>a</p></speak>", 1, 11, "mismatched");
	check_refused("<speak>Grü\n ß<b>x</b></speak>", 2, 3, "no such");
	check_refused("one <break", 1, 11, "");
	check_refused("one & two", 1, 6, "well-formed");
	check_refused("a<speak>b", 1, 10, "not closed");
	check_refused("<speak>a</speak>b", 1, 17, "after document");
	check_refused("<html>a</html>", 1, 1, "no such");
	check_refused("<speak>&bad;</speak>", 1, 8, "undefined entity");
	check_refused("<sub alias='&bad;'>a</sub>", 1, 1, "undefined entity");
	check_refused("<speak>&#0;</speak>", 1, 8, "character number");
	check_refused("a\n<!-- b", 2, 1, "");
	check_refused("<speak>a<mark/></speak>", 1, 9, "no name");
	check_refused("<mark name=''/>", 1, 1, "no name");
	check_refused("<sub>a</sub>", 1, 1, "alias");
	check_refused("<mark name='a' name='b'/>", 1, 16, "duplicate");
	check_refused("<break time='soon'/>", 1, 1, "1.5s");
	check_refused("<break time='-1s'/>", 1, 1, "1.5s");
	check_refused("<break time='601s'/>", 1, 1, "600 s");
	check_refused("<break time='99999999999999999999s'/>", 1, 1, "600 s");
	check_refused("<break time='1e3s'/>", 1, 1, "1.5s");
	check_refused("<break time='s'/>", 1, 1, "1.5s");
	check_refused("<break strength='huge'/>", 1, 1, "x-weak");
}

/* What XML is notorious for, and what would keep a channel for weeks. */
static void
test_bombs(void **state)
{
	char deep[8000] = "", *at = deep;
	char wide[8000];
	int i;

	(void)state;
	check_refused("<!DOCTYPE s [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>"
		      "<speak>&b;</speak>",
	    1, 3, "may not declare");
	check_refused("<!DOCTYPE s [<!ENTITY x SYSTEM '/etc/passwd'>]>"
		      "<speak>&x;</speak>",
	    1, 3, "may not declare");
	check_refused("<speak><!DOCTYPE s></speak>", 1, 10, "");
	for (i = 0; i < 65; i++)
		at += sprintf(at, "<p>");
	check_refused(deep, 1, 63 * 3 + 1, "within each other");
	memset(wide, 'x', sizeof(wide));
	memcpy(wide, "<prosody rate='", 15);
	strcpy(wide + 7000, "'>a</prosody>");
	check_refused(wide, 1, 1, "too long");
	memcpy(wide, "<mark    name='", 15);
	strcpy(wide + 7000, "'/>");
	check_refused(wide, 1, 1, "256 bytes");
	at = deep;
	for (i = 0; i < 7; i++)
		at += sprintf(at, "<break time='100s'/>");
	check_refused(deep, 1, 6 * 20 + 1, "in all");
}

/* 30,000 documents with a few changes: read, or refused with a place. */
static void
test_any_document(void **state)
{
	static const char valid[] =
	    "<speak xml:lang='de'>Grüße &amp; <mark name='a'/><p>x</p> &eacute;"
	    "<break time='1s'/><sub alias='b'>c</sub><![CDATA[<]]></speak>";
	struct rng r = { 7 };
	char text[300];
	struct ssml_error e;
	struct ssml s;
	size_t len, i, read = 0;
	int n, rc;

	(void)state;
	for (n = 0; n < 30000; n++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(
		    &r, (uint8_t *)text, strlen(valid), sizeof(text) - 1);
		text[len] = '\0';
		len = strlen(text);
		if (!utf8_valid(text, len))
			continue;
		rc = ssml_read(text, len, &s, &e);
		assert_true(rc == 0 || rc == ERR_INVALID);
		assert_true(rc == 0 || (e.line > 0 && e.column > 0));
		for (i = 0; i < s.count; i++)
			assert_true(s.items[i].offset + s.items[i].length <=
				    utf8_length(text, len));
		read += rc == 0;
		ssml_done(&s);
	}
	assert_in_range(read, 1000, 29000);
}

static void
test_where_a_clause_ends(void **state)
{
	static const char *const ends[] = { "a.", "a, ", "really?\n", "3!\")",
		"请。", "「请。」", "कृपया।", "لماذا؟", "a…" };
	static const char *const goes_on[] = { "", " ", "a", "3.5", "café",
		"请", "a) ", "“a”", "a-" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ends); i++)
		assert_true(clause_ends(ends[i], strlen(ends[i])));
	for (i = 0; i < COUNT_OF(goes_on); i++)
		assert_false(clause_ends(goes_on[i], strlen(goes_on[i])));
}

static void
test_the_language_of_a_document(void **state)
{
	static const char *const pairs[][2] = {
		{ "<speak>请<mark name='English words'/>A023号</speak>",
		    "cmn" },
		{ "<p>&#x41F;&#x440;&#x438;</p><p>вет, gate A</p>", "ru" },
		{ "Please go to window three (3号窗口)", "de" },
		{ "<speak xml:lang='ja'>請</speak>", "" },
		{ "one <lang xml:lang='zh'>请到三号窗口谢谢</lang>", "de" },
		{ "<sub alias='привет'>hello hello</sub>", "ru" },
		{ "<speak/>", "" },
	};
	char language[LANGUAGE_MAX + 1];
	struct ssml_error e;
	struct ssml s;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(pairs); i++) {
		assert_int_equal(read_all(pairs[i][0], &s, &e), 0);
		assert_int_equal(ssml_language(&s, "de", language), 0);
		if (strcmp(language, pairs[i][1]) != 0)
			fail_msg("%s: %s", pairs[i][0], language);
		ssml_done(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_spoken),
		cmocka_unit_test(test_marks_and_pauses),
		cmocka_unit_test(test_what_engines_are_given),
		cmocka_unit_test(test_phonemes),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_what_is_refused_and_where),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_any_document),
		cmocka_unit_test(test_where_a_clause_ends),
		cmocka_unit_test(test_the_language_of_a_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
