/*
 * Guards JSON that is whole or not there: jansson drops a field for which it
 * has no memory, and events went out without their text, requests to an engine
 * without "ssml", and answers without half of their lists.
 */
#include "tests/unit/test.h"

#include "common/body.h"
#include "common/err.h"

/* Allocations of jansson until one fails; -1: none does. */
static int until_failure = -1;

static void *
scarce_malloc(size_t size)
{
	if (until_failure == 0)
		return NULL;
	if (until_failure > 0)
		until_failure--;
	return malloc(size);
}

/* With a field, a list of two in another, and all of a third object. */
static json_t *
make(void)
{
	json_t *body = json_object(), *list = json_array();
	json_t *more = json_pack("{s:i, s:i}", "c", 3, "d", 4);

	body_append(&list, json_string("one"));
	body_append(&list, json_string("two"));
	body_put(&body, "a", json_integer(1));
	body_put(&body, "b", list);
	body_merge(&body, more);
	json_decref(more);
	return body;
}

static void
test_whole_or_nothing(void **state)
{
	json_t *body = NULL;
	char *text;
	int n;

	(void)state;
	json_set_alloc_funcs(scarce_malloc, free);
	for (n = 0; body == NULL && n < 1000; n++) {
		until_failure = n;
		body = make();
		until_failure = -1;
	}
	text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(
	    text, "{\"a\":1,\"b\":[\"one\",\"two\"],\"c\":3,\"d\":4}");
	assert_true(n > 10);
	free(text);
	json_decref(body);
	json_set_alloc_funcs(malloc, free);
}

static void
test_what_is_missing_stays_missing(void **state)
{
	json_t *body = json_object();

	(void)state;
	body_put(&body, "a", NULL);
	assert_null(body);
	body_put(&body, "b", json_integer(1));
	body_merge(&body, NULL);
	body_append(&body, NULL);
	assert_null(body);
}

static void
test_fields_of_another(void **state)
{
	static const char *const names[] = { "a", "none", "c", NULL };
	json_t *from = json_pack("{s:i, s:i, s:[]}", "a", 1, "b", 2, "c");
	json_t *body = json_object();
	char *text;

	(void)state;
	body_copy(&body, from, names);
	json_decref(from);
	text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, "{\"a\":1,\"c\":[]}");
	free(text);
	json_decref(body);
	body = NULL;
	body_copy(&body, NULL, names);
	assert_null(body);
}

static void
test_text_of_any_bytes(void **state)
{
	json_t *body = json_object();

	(void)state;
	body_put_text(&body, "cut", "z\xc3");
	body_put_text(&body, "whole", "z\xc3\xbc");
	assert_string_equal(
	    json_string_value(json_object_get(body, "cut")), "z?");
	assert_string_equal(
	    json_string_value(json_object_get(body, "whole")), "z\xc3\xbc");
	json_decref(body);
}

/* "not JSON" was the answer to a good request for which there was no memory; or
 * it was carried out with a part of its text. */
static void
test_no_memory_is_no_mistake(void **state)
{
	static const char good[] = "{\"a\":[1,\"a text of some length, which "
				   "takes more than the first buffer\"]}";
	json_error_t e;
	json_t *body;
	char *text;
	int n, rc = ERR_NOMEM;

	(void)state;
	assert_int_equal(body_parse("{\"a\":", 5, 0, &body, &e), ERR_INVALID);
	assert_null(body);
	json_set_alloc_funcs(scarce_malloc, free);
	for (n = 0; rc < 0 && n < 1000; n++) {
		until_failure = n;
		rc = body_parse(good, strlen(good), 0, &body, &e);
		assert_true(rc == 0 || rc == ERR_NOMEM);
		assert_int_equal(rc == 0, body != NULL);
	}
	until_failure = -1;
	text = body_text(body);
	assert_string_equal(text, good);
	free(text);
	assert_true(n > 10);
	json_decref(body);
	json_set_alloc_funcs(malloc, free);
}

/* What jansson 2.14 made of a list of names, when its buffer could not grow,
 * was a line without one of them, and no JSON. */
static void
test_text_is_whole(void **state)
{
	json_t *body = json_object();
	char name[16], *text = NULL, *whole;
	int n;

	(void)state;
	for (n = 0; n < 200; n++) {
		snprintf(name, sizeof(name), "name%d", n);
		body_put(&body, name, json_integer(n));
	}
	whole = body_text(body);
	json_set_alloc_funcs(scarce_malloc, free);
	for (n = 0; text == NULL && n < 1000; n++) {
		until_failure = n;
		text = body_text(body);
	}
	until_failure = -1;
	json_set_alloc_funcs(malloc, free);
	assert_string_equal(text, whole);
	assert_true(n > 5);
	free(text);
	free(whole);
	json_decref(body);
	assert_null(body_text(NULL));
}

static void
test_a_line(void **state)
{
	json_t *body = json_pack("{s:i}", "a", 1);
	size_t len;
	char *line = body_line(body, &len);

	(void)state;
	assert_string_equal(line, "{\"a\":1}\n");
	assert_int_equal(len, strlen(line));
	free(line);
	json_decref(body);
	assert_null(body_line(NULL, &len));
	assert_int_equal(len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_or_nothing),
		cmocka_unit_test(test_what_is_missing_stays_missing),
		cmocka_unit_test(test_fields_of_another),
		cmocka_unit_test(test_text_of_any_bytes),
		cmocka_unit_test(test_no_memory_is_no_mistake),
		cmocka_unit_test(test_text_is_whole),
		cmocka_unit_test(test_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
