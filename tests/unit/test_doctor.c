/*
 * What the doctor finds, by facts that are handed in.
 */
#include "tests/unit/test.h"

#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/table.h"

static struct report
new_report(void)
{
	return (struct report){ .findings = json_array(), .check = "test" };
}

static void
expect_worst(struct report *r, enum severity worst)
{
	assert_int_equal(report_worst(r), worst);
	json_decref(r->findings);
}

static void
test_keys(void **state)
{
	struct inspected_file f = { .uid = 5, .mode = 0600 };
	struct report r = new_report();

	(void)state;
	judge_key(&r, "k", "/k", &f, 5);
	expect_worst(&r, FOUND_FINE);
	r = new_report();
	judge_key(&r, "k", "/k", &f, 6);
	expect_worst(&r, FOUND_ERROR);
	r = new_report();
	f.all_read = true;
	judge_key(&r, "k", "/k", &f, 5);
	assert_non_null(
	    json_object_get(json_array_get(r.findings, 0), "remedy"));
	expect_worst(&r, FOUND_WARNING);
}

static void
test_servers(void **state)
{
	struct server_place at;

	(void)state;
	assert_true(server_of("rtmp://u:p@h/a/KEY", &at));
	assert_string_equal(at.host, "h");
	assert_int_equal(at.port, 1935);
	assert_true(server_of("rtmps://[::1]:9/a/KEY", &at));
	assert_string_equal(at.host, "::1");
	assert_true(at.port == 9 && at.tls);
	assert_false(server_of("srt://h", &at));
	assert_false(server_of("/srv/hls/", &at));
}

static void
test_disk_and_versions(void **state)
{
	struct inspected_disk d = { .free_bytes = 1, .bytes = 1 << 30 };
	struct report r = new_report();
	json_t *status = json_pack("{s:s}", "version", "1");

	(void)state;
	judge_disk(&r, "d", "/d", &d);
	expect_worst(&r, FOUND_ERROR);
	r = new_report();
	judge_versions(&r, "1", status, NULL);
	expect_worst(&r, FOUND_FINE);
	r = new_report();
	judge_versions(&r, "2", status, status);
	expect_worst(&r, FOUND_WARNING);
	json_decref(status);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_disk_and_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
