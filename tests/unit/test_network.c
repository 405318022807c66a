/*
 * Who is let in: addresses and networks as people write them, what only looks
 * like one, and the same peers as IPv4 and over a socket of IPv6.
 */
#include "tests/unit/test.h"

#include "common/net/network.h"

static struct peer_address
peer(const char *ipv4_or_6)
{
	struct peer_address p = { .kind = PEER_IP };
	struct network n;

	assert_true(network_parse(ipv4_or_6, &n));
	assert_int_equal(n.bits, 128);
	memcpy(p.ip, n.ip, sizeof(p.ip));
	return p;
}

static void
test_who_is_in(void **state)
{
	static const struct {
		const char *network, *in, *out;
	} rows[] = {
		{ "192.168.1.10", "192.168.1.10", "192.168.1.11" },
		{ "192.168.1.0/24", "192.168.1.255", "192.168.2.0" },
		{ "192.168.0.0/23", "192.168.1.7", "192.168.2.7" },
		{ "10.0.0.0/8", "10.255.0.1", "11.0.0.1" },
		{ "0.0.0.0/0", "8.8.8.8", "fd00::1" },
		{ "::ffff:10.0.0.0/104", "10.1.2.3", "11.1.2.3" },
		{ "fd00::/8", "fdff::1", "fe00::1" },
		{ "2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1" },
		{ "::1", "::1", "::2" },
		{ "::/0", "fd00::1", NULL },
		{ "any", "1.2.3.4", NULL },
	};
	struct peer_address p;
	struct network n;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		if (!network_parse(rows[i].network, &n))
			fail_msg("no network: %s", rows[i].network);
		p = peer(rows[i].in);
		if (!network_has(&n, &p))
			fail_msg("%s: not in", rows[i].network);
		if (rows[i].out == NULL)
			continue;
		p = peer(rows[i].out);
		if (network_has(&n, &p))
			fail_msg("%s: not out", rows[i].network);
	}
	/* Whoever is none of IP is let in by other rules. */
	p = (struct peer_address){ .kind = PEER_USER };
	assert_false(network_has(&n, &p));
}

static void
test_forms_of_ipv6(void **state)
{
	static const char *const same[] = { "1:2:3:4:5:6:7:8",
		"0001:2:3:4:5:6:0.7.0.8", "1:2:3:4:5:6:7::", "1::8",
		"::", "FE80::aB", "::1.2.3.4", "1:0:0:0:0:0:0:8" };
	static const uint8_t first[] = { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0,
		7, 0, 8 };
	static const uint8_t local[] = { 0xfe, 0x80, [15] = 0xab };
	struct network n[COUNT_OF(same)];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(same); i++)
		if (!network_parse(same[i], &n[i]))
			fail_msg("no address: %s", same[i]);
	assert_memory_equal(n[0].ip, first, 16);
	assert_memory_equal(n[1].ip, first, 16);
	assert_memory_equal(n[2].ip, first, 14);
	assert_int_equal(n[2].ip[15], 0);
	assert_memory_equal(n[3].ip, n[7].ip, 16);
	assert_memory_equal(n[5].ip, local, 16);
	assert_int_equal(n[6].ip[15], 4);
}

static void
test_anything_else(void **state)
{
	static const char *const others[] = { "", "all", "Any", "1.2.3",
		"1.2.3.", "1.2.3.4.5", "1.2.3.256", "1.2.3.0004", "1.2.3.04",
		"010.0.0.0/8", "::ffff:1.2.3.04", "1.2.3.4/", "1.2.3.4/33",
		"1.2.3.4/-1", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/24",
		"10.1.0.0/8", "localhost", "ha.local", ":", ":::", "1", "1:2",
		"::1::", "1:::2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", ":1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:8:", "12345::", "g::", "::1.2.3",
		"1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
		"fd00::/129", "fd00::1/8", "[::1]", "fe80::1%eth0", "::1/" };
	struct network n;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(others); i++)
		if (network_parse(others[i], &n))
			fail_msg("taken: '%s'", others[i]);
}

static void
test_peers(void **state)
{
	struct peer_address a = peer("127.8.0.1"), b = peer("::1"),
			    c = peer("2001:db8::1"), d = peer("2001:db8::2"),
			    user = { .kind = PEER_USER, .user = 1000 },
			    nobody = { .kind = PEER_UNKNOWN };

	(void)state;
	assert_true(peer_address_is_local(&a));
	assert_true(peer_address_is_local(&b));
	assert_true(peer_address_is_local(&user));
	assert_false(peer_address_is_local(&c));
	assert_false(peer_address_is_local(&nobody));
	a = peer("128.0.0.1");
	assert_false(peer_address_is_local(&a));
	assert_int_equal(peer_address_source(&a), 0x80000001);
	assert_int_equal(peer_address_source(&user), 1000);
	/* One machine has a network of addresses. */
	assert_int_equal(peer_address_source(&c), peer_address_source(&d));
	d = peer("2001:db8:0:1::2");
	assert_int_not_equal(peer_address_source(&c), peer_address_source(&d));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_in),
		cmocka_unit_test(test_forms_of_ipv6),
		cmocka_unit_test(test_anything_else),
		cmocka_unit_test(test_peers),
	};

	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
