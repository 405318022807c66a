/* How ffmpeg names its files: what is taken for one of ours is removed, or
 * moved aside, so it had better be ours. */
#include "tests/unit/test.h"

#include "streamer-supervisor/keeper/names.h"

static void
test_whose_segment(void **state)
{
	static const struct {
		const char *name;
		bool ours;
		int64_t number;
	} cases[] = {
		{ "live0.ts", true, 0 },
		{ "live123.ts", true, 123 },
		{ "live.ts", false, 0 },
		{ "live1.ts.tmp", false, 0 },
		{ "live1.tsx", false, 0 },
		{ "live_64k1.ts", false, 0 },
		{ "alive1.ts", false, 0 },
		{ "live-1.ts", false, 0 },
		{ "live1234567890123456789.ts", false, 0 },
		{ "", false, 0 },
	};
	int64_t number;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		number = 0;
		assert_int_equal(
		    names_number(cases[i].name, "live", 4, ".ts", &number),
		    cases[i].ours);
		assert_int_equal(number, cases[i].number);
	}
}

static void
test_numbered_patterns(void **state)
{
	const char *suffix;
	size_t prefix_len;
	int width;

	(void)state;
	assert_true(
	    names_parse_number("/srv/a%03d.mp3", &prefix_len, &width, &suffix));
	assert_int_equal(prefix_len, 6);
	assert_int_equal(width, 3);
	assert_string_equal(suffix, ".mp3");
	assert_false(
	    names_parse_number("/srv/%H.mp3", &prefix_len, &width, &suffix));
	assert_false(names_parse_number("%0", &prefix_len, &width, &suffix));
}

static void
test_what_is_moved_aside(void **state)
{
	char out[32];

	(void)state;
	assert_true(names_aside("/srv.d/a.mp3", 1, out, sizeof(out)));
	assert_string_equal(out, "/srv.d/a.1.mp3");
	assert_true(names_aside("/srv.d/a", 12, out, sizeof(out)));
	assert_string_equal(out, "/srv.d/a.12");
	assert_false(names_aside("/srv/a-long-enough-name.mp3", 1, out, 20));
}

static void
test_folders(void **state)
{
	size_t len;

	(void)state;
	assert_string_equal(names_split("/srv/a.mp3", &len), "a.mp3");
	assert_int_equal(len, 4);
	assert_string_equal(names_split("/a.mp3", &len), "a.mp3");
	assert_int_equal(len, 1);
	assert_string_equal(names_split("C:\\r\\a.mp3", &len), "a.mp3");
	assert_int_equal(len, 4);
	assert_string_equal(names_split("/srv/a\\b.mp3", &len), "a\\b.mp3");
}

static void
test_what_a_list_names(void **state)
{
	static const char text[] = "#EXTM3U\n#EXTINF:2.0,\nlive7.ts\n"
				   "#EXTINF:2.0,\nlive8.ts\nlive9";
	struct names_listed listed;

	(void)state;
	names_in_list(text, sizeof(text) - 1, &listed);
	assert_int_equal(listed.first_len, 8);
	assert_memory_equal(listed.first, "live7.ts", 8);
	assert_memory_equal(listed.last, "live8.ts", 8);
	names_in_list("#EXTM3U\n", 8, &listed);
	assert_null(listed.first);
	names_in_list("", 0, &listed);
	assert_null(listed.last);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whose_segment),
		cmocka_unit_test(test_numbered_patterns),
		cmocka_unit_test(test_what_is_moved_aside),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_what_a_list_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
