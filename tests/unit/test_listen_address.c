/*
 * Guards who may read the metrics: addresses of this machine alone, and
 * nothing that merely looks like one; and what a server can listen on.
 */
#include "tests/unit/test.h"

#include "common/net/listen_address.h"

static void
test_addresses_of_this_machine(void **state)
{
	struct listen_address l;

	(void)state;
	assert_true(listen_address_parse("127.0.0.1:9464", &l));
	assert_int_equal(l.kind, LISTEN_IPV4);
	assert_int_equal(l.ipv4, 0x7f000001);
	assert_int_equal(l.port, 9464);
	assert_true(listen_address_parse("127.8.200.255:0", &l));
	assert_int_equal(l.ipv4, 0x7f08c8ff);
	assert_int_equal(l.port, 0);
	assert_true(listen_address_parse("localhost:65535", &l));
	assert_int_equal(l.kind, LISTEN_IPV4);
	assert_int_equal(l.ipv4, 0x7f000001);
	assert_int_equal(l.port, 65535);
	assert_true(listen_address_parse("[::1]:80", &l));
	assert_int_equal(l.kind, LISTEN_IPV6);
	assert_int_equal(l.port, 80);
	assert_true(listen_address_parse("/run/ttsd/metrics.sock", &l));
	assert_int_equal(l.kind, LISTEN_SOCKET);
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
		"127.0.0.1.1:80", "127.0.0.256:80", "127.0.0.01:80",
		"0127.0.0.1:80", "127.0.0.00:80", "127.0.0.:80", "127:80",
		"[::1]", "[::1]80", "[::]:80", "::1:80", "[fe80::1]:80", "[::1",
		"metrics.sock", "./metrics.sock", "http://127.0.0.1:80" };
	struct listen_address l;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(others); i++)
		if (listen_address_parse(others[i], &l) &&
		    listen_address_is_loopback(&l))
			fail_msg("taken: '%s'", others[i]);
}

static void
test_addresses_that_others_reach(void **state)
{
	static const char *const good[] = { "0.0.0.0:8088", "192.168.1.5:80",
		"[::]:8088", "[fe80::1]:80", "[2001:db8::192.0.2.1]:443" };
	static const char *const bad[] = { "example.com:80", "*:80", "[]:80",
		"[g::]:80", "[::]", "256.0.0.1:80", "00.0.0.0:80", "0.0.0.0",
		"8088" };
	struct listen_address l;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(good); i++)
		if (!listen_address_parse(good[i], &l) ||
		    listen_address_is_loopback(&l))
			fail_msg("not taken as such: '%s'", good[i]);
	for (i = 0; i < COUNT_OF(bad); i++)
		if (listen_address_parse(bad[i], &l))
			fail_msg("taken: '%s'", bad[i]);
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
		"[evil]:80", "0127.0.0.1", "127.0.0.01:80", "localhost:80:80",
		"local host", "127.0.0.1:x" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ours); i++)
		if (!listen_is_own_name(ours[i], "desk.example.com"))
			fail_msg("not taken: '%s'", ours[i]);
	for (i = 0; i < COUNT_OF(others); i++)
		if (listen_is_own_name(others[i], "desk.example.com"))
			fail_msg("taken: '%s'", others[i]);
	assert_true(listen_is_own_name("desk", "desk"));
	assert_false(listen_is_own_name("", ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_of_this_machine),
		cmocka_unit_test(test_anything_else),
		cmocka_unit_test(test_addresses_that_others_reach),
		cmocka_unit_test(test_what_it_is_called),
	};

	return cmocka_run_group_tests_name("listen_address", tests, NULL, NULL);
}
