/*
 * What people read while a word is said. The captions of HLS knew the first
 * text of an announcement alone, and those of the picture all of them.
 */
#include "tests/unit/test.h"

#include "common/control/wording.h"

#define SEVERAL                                                       \
	"{'text':'one','texts':[{'text':'one'},{'text':'two three'}," \
	"{'text':'<p>4</p>','ssml':true,'spoken':'the fourth'},7,"    \
	"{'text':'<p/>','ssml':true}]}"

static json_t *
event_of(const char *text)
{
	char line[400], *p;
	json_t *event;

	if (text == NULL)
		return NULL;
	snprintf(line, sizeof(line), "%s", text);
	for (p = line; *p; p++)
		if (*p == '\'')
			*p = '"';
	event = json_loads(line, 0, NULL);
	assert_non_null(event);
	return event;
}

static void
test_words_of_texts(void **state)
{
	static const struct {
		const char *started, *word, *text;
		size_t from, to;
	} rows[] = {
		{ "{'text':'one two'}", "{'offset':4,'length':3}", "one two", 4,
		    7 },
		{ "{'text':'one two'}", NULL, "one two", 0, 0 },
		{ SEVERAL, NULL, "one", 0, 0 },
		{ SEVERAL, "{'offset':0,'length':3,'part':0}", "one", 0, 3 },
		{ SEVERAL, "{'offset':4,'length':5,'part':1}", "two three", 4,
		    9 },
		{ SEVERAL,
		    "{'offset':3,'length':1,'spoken_offset':4,"
		    "'spoken_length':6,'part':2}",
		    "the fourth", 4, 10 },
		/* One text of SSML is the first of its list. */
		{ "{'text':'<p>4</p>','texts':[{'text':'<p>4</p>','ssml':true,"
		  "'spoken':'four'}]}",
		    "{'offset':3,'length':1,'spoken_offset':0,"
		    "'spoken_length':4}",
		    "four", 0, 4 },
		/* What ttsd does not say. */
		{ SEVERAL, "{'part':3}", NULL, 0, 0 },
		{ SEVERAL, "{'part':4}", NULL, 0, 0 },
		{ SEVERAL, "{'part':5}", NULL, 0, 0 },
		{ SEVERAL, "{'part':-1}", NULL, 0, 0 },
		{ "{'text':'one'}", "{'part':1}", NULL, 0, 0 },
		{ "{'text':'one'}", "{'offset':-4,'length':3}", NULL, 0, 0 },
		{ "{'text':'one'}", "{'offset':4,'length':-3}", NULL, 0, 0 },
		{ "{'text':7,'texts':{}}", "{}", NULL, 0, 0 },
		{ "[]", "[]", NULL, 0, 0 },
		{ NULL, "{'offset':4,'length':3}", NULL, 0, 0 },
	};
	json_t *started, *word;
	struct wording w;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		started = event_of(rows[i].started);
		word = event_of(rows[i].word);
		w = wording_of(started, word);
		json_decref(started);
		json_decref(word);
		if (rows[i].text == NULL) {
			assert_null(w.text);
			continue;
		}
		assert_string_equal(json_string_value(w.text), rows[i].text);
		assert_int_equal(w.from, rows[i].from);
		assert_int_equal(w.to, rows[i].to);
		json_decref(w.text);
	}
}

static void
test_whole(void **state)
{
	static const struct {
		const char *started, *text;
	} rows[] = {
		{ "{'text':'one two'}", "one two" },
		{ SEVERAL, "one two three the fourth  " },
		{ "{'text':'<p>4</p>','texts':[{'text':'<p>4</p>','ssml':true,"
		  "'spoken':'four'}]}",
		    "four" },
		{ "{'text':7,'texts':{}}", "" },
		{ "[]", "" },
		{ NULL, "" },
	};
	json_t *started, *whole;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		started = event_of(rows[i].started);
		whole = wording_whole(started);
		assert_string_equal(json_string_value(whole), rows[i].text);
		json_decref(whole);
		json_decref(started);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_of_texts),
		cmocka_unit_test(test_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
