/* The one reader of sections, keys and comments. */
#include "tests/unit/test.h"

#include "common/conf/ini.h"

/* Says "1[section] 2key=value 3!mistake" of what it reads. */
static void
expect(const char *text, bool trailing_comments, const char *said)
{
	struct ini_line line;
	char got[512] = "";
	struct ini i;
	size_t at = 0;

	ini_begin(&i, text, strlen(text), trailing_comments);
	while (ini_next(&i, &line)) {
		at += (size_t)snprintf(
		    got + at, sizeof(got) - at, "%u", line.number);
		if (line.kind == INI_MISTAKE)
			at += (size_t)snprintf(
			    got + at, sizeof(got) - at, "!%d ", line.mistake);
		else if (line.kind == INI_SECTION)
			at += (size_t)snprintf(got + at, sizeof(got) - at,
			    "[%.*s] ", (int)line.key.len, line.key.s);
		else
			at += (size_t)snprintf(got + at, sizeof(got) - at,
			    "%.*s=%.*s ", (int)line.key.len, line.key.s,
			    (int)line.value.len, line.value.s);
	}
	assert_string_equal(got, said);
}

static void
test_lines(void **state)
{
	(void)state;
	expect("", false, "");
	expect("\n \t\n# c\n  ; c\n", false, "");
	expect("\xef\xbb\xbf[a b]\r\n k = v \r\n\nk==v", false,
	    "1[a b] 2k=v 4k==v ");
	expect("[ a ]\n=\nk=\n=v", false, "1[a] 2= 3k= 4=v ");
	/* Chinese keyboards type wide blanks. */
	expect("\u3000k\u3000=\u3000v\u00a0", false, "1k=v ");
	expect("[a\nk\n[a] x\nk=\xff\nk=v", false, "1!1 2!2 3!1 4!0 5k=v ");
}

static void
test_trailing_comments(void **state)
{
	(void)state;
	expect("k = v ; c\nk = v;c\nk = a # b # c\n[a] # c", false,
	    "1k=v ; c 2k=v;c 3k=a # b # c 4!1 ");
	expect("k = v ; c\nk = v;c\nk = a # b # c\n[a] # c", true,
	    "1k=v 2k=v;c 3k=a 4[a] ");
	/* Story: a colour is written with the sign that begins a comment. */
	expect("k = #102030\nk=#a0B0c0 # c\nk = #10203 c\nk = a #102030", true,
	    "1k=#102030 2k=#a0B0c0 3k= 4k=a ");
	expect("k = 'a ; b' ; c\nk=\"a # b\"\nk = it's ; c", true,
	    "1k='a ; b' 2k=\"a # b\" 3k=it's ");
}

/* Whatever the bytes, reading ends, line numbers grow, and what is read lies in
 * the text. */
static void
test_mutated(void **state)
{
	static const char valid[] =
	    "# c\n[main]\nk = v ; c\n\u3000x = 'y ; z'\n[a b]\n";
	struct rng rng = { 7 };
	uint8_t text[256], *copy;
	struct ini_line line;
	struct ini i;
	unsigned last;
	size_t len;
	int n;

	(void)state;
	for (n = 0; n < 20000; n++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(&rng, text, sizeof(valid) - 1, sizeof(text));
		copy = exact_copy(text, len);
		ini_begin(&i, (const char *)copy, len, n % 2);
		for (last = 0; ini_next(&i, &line); last = line.number) {
			assert_true(line.number > last);
			assert_true(line.key.len + line.value.len <= len);
		}
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_trailing_comments),
		cmocka_unit_test(test_mutated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
