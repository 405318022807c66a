/*
 * Guards the way from a program's name to its file. execvp() gives a file
 * without a "#!" line to a shell: text that nobody meant as a program was run
 * line by line. So the file is looked for here, and execv() runs that or
 * nothing.
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/posix/program.h"

static char folder[] = "/tmp/test_program.XXXXXX";

static void
in_folder(char *out, size_t size, const char *name)
{
	assert_true(snprintf(out, size, "%s/%s", folder, name) < (int)size);
}

static void
make_file(const char *name, mode_t mode)
{
	char path[128];
	FILE *f;

	in_folder(path, sizeof(path), name);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static int
set_up(void **state)
{
	char path[300];

	(void)state;
	assert_non_null(mkdtemp(folder));
	in_folder(path, sizeof(path), "first");
	assert_int_equal(mkdir(path, 0700), 0);
	in_folder(path, sizeof(path), "first/tool");
	assert_int_equal(mkdir(path, 0700), 0);
	in_folder(path, sizeof(path), "second");
	assert_int_equal(mkdir(path, 0700), 0);
	make_file("second/tool", 0700);
	make_file("second/text", 0600);
	snprintf(path, sizeof(path), "%s/none:%s/first:%s/second", folder,
	    folder, folder);
	return setenv("PATH", path, 1);
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "second/tool", "second/text",
		"second", "first/tool", "first", "." };
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(names); i++) {
		in_folder(path, sizeof(path), names[i]);
		remove(i + 1 < COUNT_OF(names) ? path : folder);
	}
	return 0;
}

/* A folder of that name in an earlier place is passed over. */
static void
test_looks_through_path(void **state)
{
	char got[256], expected[128];

	(void)state;
	in_folder(expected, sizeof(expected), "second/tool");
	assert_int_equal(program_find(got, sizeof(got), "tool"), 0);
	assert_string_equal(got, expected);
}

static void
test_a_path_is_itself(void **state)
{
	char got[256];

	(void)state;
	assert_int_equal(program_find(got, sizeof(got), "./x"), 0);
	assert_string_equal(got, "./x");
}

static void
test_why_there_is_none(void **state)
{
	char got[256], small[8];

	(void)state;
	assert_int_equal(program_find(got, sizeof(got), "nothing"), ENOENT);
	assert_int_equal(program_find(got, sizeof(got), ""), ENOENT);
	/* Root may read all, but run only what somebody may. */
	assert_int_equal(program_find(got, sizeof(got), "text"), EACCES);
	assert_int_equal(
	    program_find(small, sizeof(small), "/long/name"), ENAMETOOLONG);
}

static void
test_without_a_path(void **state)
{
	char got[256];

	(void)state;
	assert_int_equal(unsetenv("PATH"), 0);
	assert_int_equal(program_find(got, sizeof(got), "sh"), 0);
	assert_non_null(strstr(got, "bin/sh"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks_through_path),
		cmocka_unit_test(test_a_path_is_itself),
		cmocka_unit_test(test_why_there_is_none),
		cmocka_unit_test(test_without_a_path),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
