/*
 * What clients of Wyoming send, in pieces of any size, as events; the voices
 * that they are told of, and how they ask for one.
 */
#include "tests/unit/test.h"

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "gateway/wyoming/info.h"
#include "gateway/wyoming/reader.h"

#define PIECE 64

/* Feeds `text` in pieces of `step` bytes, and writes the types of the events
 * that come, and at last what is wrong. */
static void
read_all(const char *text, size_t len, size_t step, char *out, size_t size)
{
	struct wyoming_event e;
	struct reader r;
	size_t at, n, used = 0;
	int rc = 0;

	out[0] = '\0';
	reader_init(&r, PIECE);
	for (at = 0; at < len && rc >= 0; at += n) {
		n = len - at < step ? len - at : step;
		assert_true(reader_has_room(&r, n));
		assert_int_equal(reader_feed(&r, text + at, n), 0);
		while ((rc = reader_next(&r, &e)) > 0) {
			used += (size_t)snprintf(
			    out + used, size - used, "%s ", e.type);
			wyoming_done(&e);
		}
	}
	if (rc < 0)
		snprintf(out + used, size - used, "%s", err_text(rc));
	reader_done(&r);
}

static void
test_in_pieces(void **state)
{
	static const char text[] =
	    "{\"type\":\"a\",\"payload_length\":5}\nab\ncd"
	    "{\"type\":\"b\",\"data_length\":7}\n{\"x\":1}"
	    "{\"type\":\"c\",\"data_length\":2,\"payload_length\":1}\n{}{"
	    "{\"type\":\"d\"}\n";
	char out[256];
	size_t step;

	(void)state;
	for (step = 1; step <= PIECE; step++) {
		read_all(text, sizeof(text) - 1, step, out, sizeof(out));
		assert_string_equal(out, "a b c d ");
	}
}

static void
test_too_much(void **state)
{
	static char line[READER_EVENT_MAX + 4 * PIECE];
	char out[256], wrong[64];

	(void)state;
	snprintf(wrong, sizeof(wrong), "%s", err_text(ERR_TOO_LONG));
	memset(line, ' ', sizeof(line));
	line[0] = '{';
	read_all(line, sizeof(line), PIECE, out, sizeof(out));
	assert_string_equal(out, wrong);
	/* A line and data that are too much together. */
	snprintf(line, 64, "{\"type\":\"a\",\"data_length\":65530}\n");
	read_all(line, strlen(line), PIECE, out, sizeof(out));
	assert_string_equal(out, wrong);
	snprintf(line, 64, "{\"type\":\"a\",\"payload_length\":1048577}\n");
	read_all(line, strlen(line), PIECE, out, sizeof(out));
	assert_string_equal(out, wrong);
	read_all("x", 1, 1, out, sizeof(out));
	assert_string_equal(out, err_text(ERR_INVALID));
}

/* An event of so many bytes, its data among them. */
static void
event_of(char *out, size_t len)
{
	static const char line[] = "{\"type\":\"a\",\"data_length\":%05zu}\n";
	size_t n = (size_t)snprintf(NULL, 0, line, len);

	memset(out, ' ', len);
	snprintf(out, n + 1, line, len - n);
	out[n] = '{';
	out[len - 1] = '}';
}

/* One that came at once was taken although it was too long: only one that was
 * still coming was looked at. */
static void
test_as_much_as_may_be(void **state)
{
	static char text[READER_EVENT_MAX + 1];
	static const size_t steps[] = { PIECE, sizeof(text) };
	char out[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(steps); i++) {
		event_of(text, READER_EVENT_MAX);
		read_all(text, READER_EVENT_MAX, steps[i], out, sizeof(out));
		assert_string_equal(out, "a ");
		event_of(text, READER_EVENT_MAX + 1);
		read_all(text, sizeof(text), steps[i], out, sizeof(out));
		assert_string_equal(out, err_text(ERR_TOO_LONG));
		/* Whatever else is wrong with it. */
		text[READER_EVENT_MAX] = '{';
		read_all(text, sizeof(text), steps[i], out, sizeof(out));
		assert_string_equal(out, err_text(ERR_TOO_LONG));
	}
}

/* Mutated in any way it ends, and holds no more than it may. */
static void
test_any_bytes(void **state)
{
	static const char text[] =
	    "{\"type\":\"a\",\"data_length\":7,\"payload_length\":9}\n"
	    "{\"x\":1}{\"type\":\"b\"}\n{\"type\":\"c\"}\n";
	struct rng r = { 11 };
	char copy[sizeof(text)], out[512];
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(copy, text, sizeof(text));
		copy[rng_below(&r, sizeof(text) - 1)] =
		    "0129{}\"\n:,x"[rng_below(&r, 11)];
		read_all(copy, sizeof(text) - 1, 1 + rng_below(&r, PIECE), out,
		    sizeof(out));
	}
}

static void
test_voices_are_told(void **state)
{
	json_t *voices = json_pack("[{s:s, s:s, s:s, s:[s, s]}, {s:s, s:s}]",
	    "engine", "espeak", "name", "Chinese (Mandarin)", "id", "sit/cmn",
	    "languages", "cmn", "zh", "engine", "broken", "name", "x");
	json_t *info = info_new(voices), *program, *voice;

	(void)state;
	assert_int_equal(json_array_size(json_object_get(info, "tts")), 1);
	assert_true(json_is_array(json_object_get(info, "asr")));
	program = json_array_get(json_object_get(info, "tts"), 0);
	assert_true(json_is_true(
	    json_object_get(program, "supports_synthesize_streaming")));
	assert_int_equal(
	    json_array_size(json_object_get(program, "voices")), 1);
	voice = json_array_get(json_object_get(program, "voices"), 0);
	assert_string_equal(
	    body_string(voice, "name"), "espeak:Chinese (Mandarin)");
	assert_string_equal(
	    body_string(voice, "description"), "Chinese (Mandarin) (espeak)");
	assert_int_equal(
	    json_array_size(json_object_get(voice, "languages")), 2);
	assert_true(json_is_true(json_object_get(voice, "installed")));
	assert_non_null(
	    body_string(json_object_get(voice, "attribution"), "url"));
	json_decref(info);
	json_decref(voices);
}

static void
test_voices_are_asked_for(void **state)
{
	static const struct {
		const char *data, *fields;
	} rows[] = {
		{ "{}", "{}" },
		{ "{\"voice\":null}", "{}" },
		{ "{\"voice\":{}}", "{}" },
		{ "{\"voice\":{\"name\":\"espeak:Chinese (Mandarin)\"}}",
		    "{\"engine\":\"espeak\",\"voice\":\"Chinese "
		    "(Mandarin)\"}" },
		{ "{\"voice\":{\"name\":\"gmw/en-US\"}}",
		    "{\"voice\":\"gmw/en-US\"}" },
		{ "{\"voice\":{\"name\":\"not a name: x\"}}",
		    "{\"voice\":\"not a name: x\"}" },
		{ "{\"voice\":{\"name\":\":x\"}}", "{\"voice\":\":x\"}" },
		{ "{\"voice\":{\"name\":\"p:a\",\"speaker\":\"b\","
		  "\"language\":\"de\",\"style\":7}}",
		    "{\"engine\":\"p\",\"voice\":\"a#b\"}" },
		{ "{\"voice\":{\"name\":null,\"language\":\"zh\"}}",
		    "{\"language\":\"zh\"}" },
		{ "{\"voice\":7}", NULL },
		{ "{\"voice\":{\"name\":7}}", NULL },
		{ "{\"voice\":{\"speaker\":[]}}", NULL },
	};
	struct reply r;
	json_t *data, *fields;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		r = (struct reply){ .error = PROTO_OK };
		data = json_loads(rows[i].data, 0, NULL);
		fields = info_read_voice(data, &r);
		text = body_text(fields);
		if (rows[i].fields)
			assert_string_equal(text, rows[i].fields);
		else
			assert_null(text);
		assert_int_equal(
		    r.error, rows[i].fields ? PROTO_OK : PROTO_BAD_REQUEST);
		free(text);
		json_decref(fields);
		json_decref(data);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_pieces),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_as_much_as_may_be),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_voices_are_told),
		cmocka_unit_test(test_voices_are_asked_for),
	};

	return cmocka_run_group_tests_name("wyoming_client", tests, NULL, NULL);
}
