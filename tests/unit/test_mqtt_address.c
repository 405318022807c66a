/*
 * Guards where the broker is: an address that is half understood would send
 * texts and a password to somebody else, or in the clear.
 */
#include "tests/unit/test.h"

#include "common/net/mqtt_address.h"

static void
test_addresses(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		bool tls;
	} good[] = {
		{ "mqtt://broker", "broker", 1883, false },
		{ "mqtts://broker", "broker", 8883, true },
		{ "mqtts://broker:8884", "broker", 8884, true },
		{ "mqtt://broker.example.com/", "broker.example.com", 1883,
		    false },
		{ "mqtt://192.0.2.1:1", "192.0.2.1", 1, false },
		{ "mqtts://[2001:db8::1]:65535", "2001:db8::1", 65535, true },
	};
	struct mqtt_address a;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(good); i++) {
		if (!mqtt_address_parse(good[i].text, &a))
			fail_msg("not taken: '%s'", good[i].text);
		assert_string_equal(a.host, good[i].host);
		assert_int_equal(a.port, good[i].port);
		assert_int_equal(a.tls, good[i].tls);
	}
}

static void
test_anything_else(void **state)
{
	static const char *const bad[] = { "", "broker", "broker:1883",
		"mqtt:/broker", "mqtt://", "mqtts://", "mqtt://:1883",
		"MQTT://broker", "http://broker", "mqtt://user:pass@broker",
		"mqtt://user@broker", "mqtt://broker/topic",
		"mqtt://broker:", "mqtt://broker:0", "mqtt://broker:65536",
		"mqtt://broker:1x", "mqtt://broker:+1", "mqtt://broker?x",
		"mqtt://bro ker", "mqtt://[::1", "mqtt://[]", "mqtt://[g]",
		"mqtt://[::1]x" };
	char name[MQTT_HOST_MAX + sizeof("mqtt://x")];
	struct mqtt_address a;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(bad); i++)
		if (mqtt_address_parse(bad[i], &a))
			fail_msg("taken: '%s'", bad[i]);
	memset(name, 'x', sizeof(name));
	memcpy(name, "mqtt://", 7);
	name[sizeof(name) - 1] = '\0';
	assert_false(mqtt_address_parse(name, &a));
	name[sizeof(name) - 2] = '\0';
	assert_true(mqtt_address_parse(name, &a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_anything_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
