/*
 * Guards who may read the metrics: addresses of this machine alone, and
 * nothing that merely looks like one.
 */
#include "tests/unit/test.h"

#include "common/net/loopback.h"

static void
test_addresses_of_this_machine(void **state)
{
	struct loopback l;

	(void)state;
	assert_true(loopback_parse("127.0.0.1:9464", &l));
	assert_int_equal(l.kind, LOOPBACK_IPV4);
	assert_int_equal(l.ipv4, 0x7f000001);
	assert_int_equal(l.port, 9464);
	assert_true(loopback_parse("127.8.200.255:0", &l));
	assert_int_equal(l.ipv4, 0x7f08c8ff);
	assert_int_equal(l.port, 0);
	assert_true(loopback_parse("localhost:65535", &l));
	assert_int_equal(l.kind, LOOPBACK_IPV4);
	assert_int_equal(l.ipv4, 0x7f000001);
	assert_int_equal(l.port, 65535);
	assert_true(loopback_parse("[::1]:80", &l));
	assert_int_equal(l.kind, LOOPBACK_IPV6);
	assert_int_equal(l.port, 80);
	assert_true(loopback_parse("/run/ttsd/metrics.sock", &l));
	assert_int_equal(l.kind, LOOPBACK_SOCKET);
}

static void
test_anything_else(void **state)
{
	static const char *const others[] = { "", ":9464", "9464",
		"0.0.0.0:9464", "192.168.1.5:9464", "128.0.0.1:9464",
		"example.com:9464", "localhost",
		"localhost:", "localhost.example.com:80", "localhost:65536",
		"localhost:99999999999999999999", "localhost:-1",
		"localhost:+1", "localhost: 1", "localhost:80 ",
		"localhost:80/metrics", "127.0.0.1", "127.0.0:80",
		"127.0.0.1.1:80", "127.0.0.256:80", "127.0.0.:80", "127:80",
		"[::1]", "[::1]80", "[::]:80", "::1:80", "[fe80::1]:80", "[::1",
		"metrics.sock", "./metrics.sock", "http://127.0.0.1:80" };
	struct loopback l;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(others); i++)
		if (loopback_parse(others[i], &l))
			fail_msg("taken: '%s'", others[i]);
}

/* A page of a browser on this machine, whose name its owner pointed at
 * 127.0.0.1, read the metrics as if it were one of ours (DNS rebinding). The
 * browser says whom it believes to ask. */
static void
test_what_it_is_called(void **state)
{
	static const char *const ours[] = { "localhost", "LocalHost:9464",
		"localhost.", "localhost.:80", "a.localhost:1", "127.0.0.1",
		"127.0.0.1:9464", "127.9.9.9:1", "192.168.1.5:9464", "[::1]",
		"[::1]:9464", "[fe80::1]:80", "desk", "DESK:9464",
		"desk.example.com", "desk.example.com.:9464" };
	static const char *const others[] = { "", ":80", "example.com",
		"example.com:9464", "127.0.0.1.example.com",
		"localhost.example.com:80", "notlocalhost", ".localhost",
		"127.0.0.1x:80", "desk.example", "desk.example.com.evil",
		"desk.evil", "desks", "des", "[::1", "[]", "[::1]x",
		"[evil]:80", "localhost:80:80", "local host", "127.0.0.1:x" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ours); i++)
		if (!loopback_is_own_name(ours[i], "desk.example.com"))
			fail_msg("not taken: '%s'", ours[i]);
	for (i = 0; i < COUNT_OF(others); i++)
		if (loopback_is_own_name(others[i], "desk.example.com"))
			fail_msg("taken: '%s'", others[i]);
	assert_true(loopback_is_own_name("desk", "desk"));
	assert_false(loopback_is_own_name("", ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_of_this_machine),
		cmocka_unit_test(test_anything_else),
		cmocka_unit_test(test_what_it_is_called),
	};

	return cmocka_run_group_tests_name("loopback", tests, NULL, NULL);
}
