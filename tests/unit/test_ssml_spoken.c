/*
 * What people read of SSML while it is spoken. The picture's captions had a
 * reader of SSML of their own: the alias of <sub>, CDATA and HTML's entities
 * were not as spoken. The captions of HLS had none, and grew word by word.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/text/ssml_spoken.h"

static void
read_document(
    const char *source, struct ssml *document, struct ssml_spoken *out)
{
	struct ssml_error e;

	if (ssml_read(source, strlen(source), document, &e) < 0)
		fail_msg("%s: %s", source, e.text);
	assert_int_equal(ssml_spoken_read(document, source, out), 0);
}

/* Each word of the document stands for one of the text. */
static void
test_words_of_documents(void **state)
{
	static const struct {
		const char *source, *text, *from, *to;
	} rows[] = {
		{ "cat", "cat", "cat", "cat" },
		{ "<speak>one <emphasis>two</emphasis>3</speak>", "one two3",
		    "two", "two" },
		{ "<speak>un<emphasis>believ</emphasis>able</speak>",
		    "unbelievable", "un<emphasis>believ</emphasis>able",
		    "unbelievable" },
		{ "<speak> <p>one</p><s>two</s> </speak>", "one two", "two",
		    "two" },
		{ "one<break time='1s'/>two<!-- > -->", "one two", "two",
		    "two" },
		{ "\n a \r\n\t b<prosody rate='10%'> c</prosody>", "a b c", "c",
		    "c" },
		{ "a &amp; caf&eacute;&#x20;&#98;", "a & café b", "caf&eacute;",
		    "café" },
		{ "a &amp; caf&eacute;&#x20;&#98;", "a & café b", "&#98;",
		    "b" },
		{ "1&nbsp;000",
		    "1\u00a0"
		    "000",
		    "1&nbsp;000",
		    "1\u00a0"
		    "000" },
		{ "The <sub alias='World Wide Web'>WWW</sub>!",
		    "The World Wide Web!", "WWW", "World Wide Web" },
		{ "请<sub alias='二'>2</sub>号", "请二号", "2", "二" },
		{ "<sub alias='a &lt; b'/>c", "a < bc", "c", "c" },
		{ "x <![CDATA[a < & b]]> y", "x a < & b y", "b", "b" },
		{ "<speak>é<metadata>no</metadata><mark name='m'/>è</speak>",
		    "éè", "è", "è" },
		{ "<phoneme alphabet='ipa' ph='x'>tomato</phoneme>", "tomato",
		    "tomato", "tomato" },
		{ "a<break/>", "a", "a", "a" },
	};
	struct textmap_span span;
	struct ssml_spoken spoken;
	struct ssml document;
	const char *source;
	size_t i, from, to;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		source = rows[i].source;
		read_document(source, &document, &spoken);
		assert_string_equal(spoken.text, rows[i].text);
		from = (size_t)(strstr(source, rows[i].from) - source);
		span.offset = utf8_length(source, from);
		span.length = utf8_length(rows[i].from, strlen(rows[i].from));
		span = ssml_spoken_place(&spoken, span);
		from =
		    utf8_offset(spoken.text, strlen(spoken.text), span.offset);
		to = utf8_offset(spoken.text, strlen(spoken.text),
		    span.offset + span.length);
		assert_int_equal(to - from, strlen(rows[i].to));
		assert_memory_equal(spoken.text + from, rows[i].to, to - from);
		ssml_spoken_done(&spoken);
		ssml_done(&document);
	}
}

static void
test_nothing_is_spoken(void **state)
{
	static const char *const sources[] = { "<speak/>",
		"<speak> <break/>&#32;</speak>", "<sub alias=''>c</sub>" };
	struct textmap_span span = { 1, 5 };
	struct ssml_spoken spoken;
	struct ssml document;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(sources); i++) {
		read_document(sources[i], &document, &spoken);
		assert_string_equal(spoken.text, "");
		assert_int_equal(ssml_spoken_place(&spoken, span).length, 0);
		ssml_spoken_done(&spoken);
		ssml_done(&document);
	}
}

/* Each text that stands in the document as it is, stands for itself. */
static void
check_places(const struct ssml *document, const struct ssml_spoken *spoken)
{
	const struct ssml_item *item;
	struct textmap_span place;
	size_t i, at, n, byte, character;

	for (i = 0; i < document->count; i++) {
		item = &document->items[i];
		if (item->kind != SSML_TEXT || !item->exact)
			continue;
		for (at = character = 0; at < item->len; at += n, character++) {
			n = utf8_decode(item->text + at, item->len - at, NULL);
			if (strchr(" \t\r\n", item->text[at]))
				continue;
			place = ssml_spoken_place(
			    spoken, (struct textmap_span){
					item->offset + character, 1 });
			byte = utf8_offset(
			    spoken->text, strlen(spoken->text), place.offset);
			assert_int_equal(place.length, 1);
			assert_memory_equal(
			    spoken->text + byte, item->text + at, n);
		}
	}
}

/* 20,000 documents with a few changes. */
static void
test_any_document(void **state)
{
	static const char valid[] =
	    "<speak xml:lang='de'>Grüße &amp; \r\n  <mark name='a'/><p>x y</p> "
	    "&eacute;<break time='1s'/><sub alias='b'>c</sub><![CDATA[< z]]> "
	    "</speak>";
	struct rng r = { 11 };
	char source[400];
	struct ssml_spoken spoken;
	struct ssml_error e;
	struct ssml document;
	size_t len;
	int n, read = 0;

	(void)state;
	for (n = 0; n < 20000; n++) {
		memcpy(source, valid, sizeof(valid));
		len = mutate(
		    &r, (uint8_t *)source, strlen(valid), sizeof(source) - 1);
		source[len] = '\0';
		len = strlen(source);
		if (!utf8_valid(source, len) ||
		    ssml_read(source, len, &document, &e) < 0)
			continue;
		assert_int_equal(
		    ssml_spoken_read(&document, source, &spoken), 0);
		assert_true(utf8_valid(spoken.text, strlen(spoken.text)));
		check_places(&document, &spoken);
		ssml_spoken_done(&spoken);
		ssml_done(&document);
		read++;
	}
	assert_in_range(read, 500, 19000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_of_documents),
		cmocka_unit_test(test_nothing_is_spoken),
		cmocka_unit_test(test_any_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
