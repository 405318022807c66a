/*
 * A picture that was half written went on air: the libraries take a PNG or
 * JPEG without its end for one whose rest is clear or grey. And a JPEG of a
 * camera has a small one within it, whose end was taken for its own.
 */
#include "tests/unit/test.h"

#include "common/picture/image_file.h"

struct sample {
	const char *bytes;
	size_t len;
	enum image_file_kind kind;
};

#define SAMPLE(text, kind)                   \
	{                                    \
		text, sizeof(text) - 1, kind \
	}
#define IEND "\0\0\0\0IEND\xae\x42\x60\x82"

static const struct sample samples[] = {
	SAMPLE(
	    "\x89PNG\r\n\x1a\n\0\0\0\x4tEXtIEND\1\2\3\4" IEND, IMAGE_FILE_PNG),
	/* A small picture in a segment, coded pixels that hold an end's bytes
	 * stuffed, a restart, a second scan. */
	SAMPLE("\xff\xd8\xff\xe1\0\x8xx\xff\xd8\xff\xd9\xff\xda\0\x3z"
	       "ab\xff\0\xd9\xff\xd0xy\xff\xda\0\2cd\xff\xff\xd9",
	    IMAGE_FILE_JPEG),
	SAMPLE("RIFF\x8\0\0\0WEBPabcd", IMAGE_FILE_WEBP),
};

/* Each byte is looked at where a read past the end is found. */
static bool
is_whole(const void *bytes, size_t len)
{
	uint8_t *copy = exact_copy(bytes, len);
	bool whole = image_file_is_whole(copy, len);

	free(copy);
	return whole;
}

static void
test_cut_anywhere(void **state)
{
	const struct sample *s;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT_OF(samples); i++) {
		s = &samples[i];
		assert_int_equal(
		    image_file_kind((const uint8_t *)s->bytes, s->len),
		    s->kind);
		for (len = 0; len < s->len; len++)
			if (is_whole(s->bytes, len))
				fail_msg("%zu of sample %zu", len, i);
		assert_true(is_whole(s->bytes, s->len));
	}
}

static void
test_more_behind_it(void **state)
{
	char longer[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(samples); i++) {
		memset(longer, 0xff, sizeof(longer));
		memcpy(longer, samples[i].bytes, samples[i].len);
		assert_true(is_whole(longer, samples[i].len + 9));
	}
}

static void
test_what_is_no_picture(void **state)
{
	static const char *const others[] = { "", "GIF89a", "<svg/>",
		"RIFF\x8\1\1\1WAVEabcd", "\x89PNG", "\xff\xd8" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(others); i++) {
		assert_int_equal(image_file_kind((const uint8_t *)others[i],
				     strlen(others[i])),
		    IMAGE_FILE_OTHER);
		assert_false(is_whole(others[i], strlen(others[i])));
	}
}

static void
test_random_changes(void **state)
{
	struct rng rng = { 7 };
	uint8_t data[256];
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 30000; i++) {
		len = samples[i % 3].len;
		memcpy(data, samples[i % 3].bytes, len);
		len = mutate(&rng, data, len, sizeof(data));
		is_whole(data, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_more_behind_it),
		cmocka_unit_test(test_what_is_no_picture),
		cmocka_unit_test(test_random_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
