/* daemon/section.h: what a request may say of a section, and as settings. */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "common/conf/schema.h"
#include "daemon/section.h"

static const struct field *
find(const struct field *fields, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	fail_msg("there is no field %s", name);
	return NULL;
}

static void
test_each_key_is_a_field(void **state)
{
	struct field f[SECTION_FIELDS_MAX];
	const struct schema_section *sec;
	const struct schema_key *key;
	size_t n;

	(void)state;
	for (sec = schema; sec->name; sec++) {
		n = section_fields(sec->name, f);
		assert_true(n < SECTION_FIELDS_MAX);
		assert_true(find(f, n, "name")->required);
		for (key = sec->keys; key->name; key++)
			assert_false(find(f, n, key->name)->required);
	}
	n = section_fields("schedule", f);
	assert_int_equal(find(f, n, "at")->type, FIELD_STRINGS);
	assert_int_equal(find(f, n, "every")->type, FIELD_STRING);
	assert_int_equal(find(f, n, "priority")->type, FIELD_CHOICE);
	assert_int_equal(find(f, n, "repeat")->type, FIELD_INTEGER_OR_WORD);
	assert_int_equal(find(f, n, "repeat")->min, 1);
}

/* What a request has for itself is no key (common/control/proto.h). */
static void
test_no_key_is_taken(void **state)
{
	static const char *const taken[] = { "op", "tag", "only", "no_urgent",
		"by", "name" };
	const struct schema_key *key;
	size_t i, j;

	(void)state;
	for (i = 0; i < 2; i++)
		for (key = schema_find(i ? "output" : "schedule")->keys;
		     key->name; key++)
			for (j = 0; j < sizeof(taken) / sizeof(taken[0]); j++)
				assert_string_not_equal(key->name, taken[j]);
}

static void
test_what_it_holds_becomes_settings(void **state)
{
	json_t *body = json_pack("{s:s, s:[s, s], s:s, s:i, s:s}", "op",
	    "set-schedule", "at", "8:00", "12:30", "text", "Guten Morgen, 早",
	    "repeat", 2, "name", "bell");
	char **words = section_settings("schedule", "bell", body);

	(void)state;
	assert_int_equal(words_count(words), 3);
	assert_string_equal(words[0], "schedule.bell.at=\"8:00\" \"12:30\" ");
	assert_string_equal(words[1], "schedule.bell.text=Guten Morgen, 早");
	assert_string_equal(words[2], "schedule.bell.repeat=2");
	words_free(words);
	json_decref(body);
	body = json_pack("{s:b, s:s}", "hear", 1, "url", "rtsp://a/b");
	words = section_settings("output", "hall", body);
	assert_int_equal(words_count(words), 2);
	assert_string_equal(words[0], "output.hall.url=rtsp://a/b");
	assert_string_equal(words[1], "output.hall.hear=yes");
	words_free(words);
	json_decref(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_key_is_a_field),
		cmocka_unit_test(test_no_key_is_taken),
		cmocka_unit_test(test_what_it_holds_becomes_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
