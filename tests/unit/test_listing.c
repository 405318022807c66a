/* Guards the reading of what an ffmpeg says of itself. */
#include "tests/unit/test.h"

#include "streamer-supervisor/ffmpeg/listing.h"

static bool
lists(const char *text, const char *name)
{
	size_t len = strlen(text);
	char *copy = exact_copy(text, len);
	bool found = listing_has(copy, len, name);

	free(copy);
	return found;
}

static void
test_lists(void **state)
{
	static const char protocols[] =
	    "Supported file protocols:\nInput:\n  async\n  rtmpt\nOutput:\n"
	    "  rtmps\r\n  unix";
	static const char muxers[] =
	    "File formats:\n D. = Demuxing supported\n --\n"
	    "  E flv             FLV (Flash Video) with rtsp\n"
	    "  E hls,applehttp   Apple HTTP Live Streaming\n"
	    " D  d               no\n";
	static const char encoders[] =
	    "Encoders:\n V..... = Video\n ------\n"
	    " A....D libopus              libopus Opus (codec opus)\n";

	(void)state;
	assert_true(lists(protocols, "async"));
	assert_true(lists(protocols, "rtmps"));
	assert_true(lists(protocols, "unix"));
	assert_false(lists(protocols, "rtmp"));
	assert_true(lists(muxers, "flv"));
	assert_true(lists(muxers, "hls"));
	assert_true(lists(muxers, "applehttp"));
	assert_false(lists(muxers, "rtsp"));
	assert_false(lists(muxers, "apple"));
	assert_true(lists(encoders, "libopus"));
	assert_false(lists(encoders, "opus"));
	assert_false(lists("", "flv"));
	assert_false(lists("\n\n ", "flv"));
}

static void
test_mutated_lists(void **state)
{
	static const char valid[] =
	    "  E hls,applehttp   Apple\n  E flv  FLV\n  rtmp\n";
	struct rng rng = { 9 };
	uint8_t text[256], *copy;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(&rng, text, sizeof(valid) - 1, sizeof(text));
		copy = exact_copy(text, len);
		listing_has((const char *)copy, len, "rtmp");
		free(copy);
	}
}

static void
test_versions(void **state)
{
	char version[16];

	(void)state;
	listing_version("ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000",
	    version, sizeof(version));
	assert_string_equal(version, "5.1.9-0+deb12u1");
	listing_version("ffmpeg version N-108000-gabcdef-tessus-2023 x",
	    version, sizeof(version));
	assert_string_equal(version, "N-108000-gabcde");
	listing_version("  built with gcc 12", version, sizeof(version));
	assert_string_equal(version, "");
	assert_true(listing_at_least("4.4", 4, 4));
	assert_true(listing_at_least("10.0", 4, 4));
	assert_true(listing_at_least("n7.1.1", 4, 4));
	assert_true(listing_at_least("N-108000-gabcdef", 4, 4));
	/* This build of December 2018 does not know -stats_period. */
	assert_false(listing_at_least("N-92722-gf22fcd4483", 4, 4));
	assert_false(listing_at_least("4.3.6-0+deb11u1", 4, 4));
	assert_false(listing_at_least("3.9", 4, 4));
	assert_false(listing_at_least("", 4, 4));
	assert_false(listing_at_least("unknown", 4, 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_mutated_lists),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
