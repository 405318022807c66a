/*
 * Guards the table of every configuration key: names are unique, each value
 * has its own place in its structure, every default and bound is one that
 * the reader itself accepts, and each says what it expects.
 */
#include "tests/unit/test.h"

#include <inttypes.h>

#include "common/conf/conf.h"
#include "common/conf/schema.h"
#include "common/err.h"

static size_t
value_size(const struct schema_key *key)
{
	if (key->type == SCHEMA_SIZE)
		return sizeof(struct conf_size);
	return key->type == SCHEMA_STRING || key->type == SCHEMA_SECRET ||
		       key->type == SCHEMA_WORDS || key->type == SCHEMA_FIELDS
		   ? sizeof(char *)
		   : sizeof(int64_t);
}

static void
check_place(const struct schema_section *sec, const struct schema_key *key)
{
	const struct schema_key *other;

	assert_true(key->offset >= sizeof(struct conf_block));
	assert_true(key->offset + value_size(key) <= sec->size);
	assert_int_equal(key->offset % sizeof(int64_t), 0);
	for (other = sec->keys; other != key; other++) {
		assert_string_not_equal(other->name, key->name);
		assert_int_not_equal(other->offset, key->offset);
	}
}

static void
test_names_and_places(void **state)
{
	const struct schema_section *sec, *other;
	const struct schema_key *key;
	size_t n;

	(void)state;
	for (sec = schema; sec->name; sec++) {
		for (other = schema; other != sec; other++) {
			assert_string_not_equal(other->name, sec->name);
			assert_int_not_equal(other->offset, sec->offset);
		}
		for (n = 0, key = sec->keys; key->name; key++, n++)
			check_place(sec, key);
		assert_in_range(n, 1, CONF_KEYS_MAX);
		assert_true(sec->offset + (sec->named ? sizeof(struct conf_list)
						      : sec->size) <=
			    sizeof(struct conf));
	}
}

/* Sets "section[.x].key=value". */
static int
set(const struct schema_section *sec, const struct schema_key *key,
    const char *value)
{
	struct conf_error e;
	struct conf c;
	char option[256];
	int rc;

	snprintf(option, sizeof(option), "%s%s.%s=%s", sec->name,
	    sec->named ? ".x" : "", key->name, value);
	assert_int_equal(conf_init(&c), 0);
	rc = conf_set(&c, option, &e);
	conf_done(&c);
	return rc;
}

static void
check_number(const struct schema_section *sec, const struct schema_key *key,
    int64_t unit, const char *suffix)
{
	char text[64];

	assert_true(key->min <= key->max);
	assert_int_equal(key->min % unit, 0);
	assert_int_equal(key->max % unit, 0);
	snprintf(text, sizeof(text), "%" PRId64 "%s", key->min / unit, suffix);
	assert_int_equal(set(sec, key, text), 0);
	snprintf(text, sizeof(text), "%" PRId64 "%s", key->max / unit, suffix);
	assert_int_equal(set(sec, key, text), 0);
	snprintf(
	    text, sizeof(text), "%" PRId64 "%s", key->max / unit + 1, suffix);
	assert_int_equal(set(sec, key, text), ERR_INVALID);
	snprintf(
	    text, sizeof(text), "%" PRId64 "%s", key->min / unit - 1, suffix);
	assert_int_equal(set(sec, key, text), ERR_INVALID);
}

static void
check_choices(const struct schema_section *sec, const struct schema_key *key)
{
	char text[64];
	size_t i;

	for (i = 0; key->choices[i]; i++) {
		assert_int_equal(set(sec, key, key->choices[i]), 0);
		snprintf(text, sizeof(text), "%sx", key->choices[i]);
		assert_int_equal(set(sec, key, text), ERR_INVALID);
	}
	assert_true(i >= 1);
}

static void
test_bounds(void **state)
{
	const struct schema_section *sec;
	const struct schema_key *key;

	(void)state;
	for (sec = schema; sec->name; sec++)
		for (key = sec->keys; key->name; key++) {
			assert_int_equal(set(sec, key, key->initial), 0);
			if (key->type == SCHEMA_INTEGER ||
			    key->type == SCHEMA_BITRATE ||
			    key->type == SCHEMA_BYTES)
				check_number(sec, key, 1, "");
			else if (key->type == SCHEMA_DURATION)
				check_number(sec, key, 1000000, "ms");
			else if (key->type == SCHEMA_CHOICE)
				check_choices(sec, key);
			else if (key->type == SCHEMA_INTEGER_OR_WORD) {
				check_number(sec, key, 1, "");
				check_choices(sec, key);
			}
		}
}

static void
test_says_what_it_expects(void **state)
{
	const struct schema_section *sec;
	const struct schema_key *key;
	char text[256], cut[8];
	size_t i;

	(void)state;
	for (sec = schema; sec->name; sec++)
		for (key = sec->keys; key->name; key++) {
			text[0] = '\0';
			schema_expected(key, text, sizeof(text));
			assert_in_range(strlen(text), 5, sizeof(text) - 2);
			for (i = 0; key->choices && key->choices[i]; i++)
				assert_non_null(strstr(text, key->choices[i]));
			schema_expected(key, cut, sizeof(cut));
			assert_memory_equal(cut, text, strlen(cut));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_and_places),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_says_what_it_expects),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
