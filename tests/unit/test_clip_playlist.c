/* Lists of clips, as they come from music players. */
#include "tests/unit/test.h"

#include "ttsd/engines/clip/playlist.c"

/* The names of a list as "a;b;". */
static const char *
names(const char *text)
{
	static char out[1024];
	const char *name;
	size_t len;

	out[0] = '\0';
	while (playlist_next(&text, &name, &len))
		snprintf(out + strlen(out), sizeof(out) - strlen(out), "%.*s;",
		    (int)len, name);
	return out;
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(names(""), "");
	assert_string_equal(names("a.wav"), "a.wav;");
	assert_string_equal(names("a.wav\nb.mp3\n"), "a.wav;b.mp3;");
	assert_string_equal(names("a\r\n\r\n\tb c \t\r\n"), "a;b c;");
	assert_string_equal(names("\r\r\n\n  \n"), "");
	assert_string_equal(names("#EXTM3U\n#EXTINF:1,x\na\n#b\n"), "a;");
	assert_string_equal(names("\xef\xbb\xbf#EXTM3U\na\n"), "a;");
	assert_string_equal(names("\xef\xbb\xbf"
				  "a\n"),
	    "a;");
	assert_string_equal(
	    names("/music/a.wav\nC:\\x\\b.wav\n../../etc/passwd\n./c/\n"),
	    "a.wav;b.wav;passwd;");
}

static void
test_extensions(void **state)
{
	(void)state;
	assert_true(playlist_is("/clips/a.m3u"));
	assert_true(playlist_is("a.b.M3U8"));
	assert_false(playlist_is("a.mp3"));
	assert_false(playlist_is("m3u"));
	assert_false(playlist_is("a.m3u/b"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_extensions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
