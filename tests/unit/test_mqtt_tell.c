/*
 * Guards what a site tells of itself: its state, and what Home Assistant makes
 * a device of. Of that its documentation says which keys there are; a device
 * with a key that is not one is not shown at all.
 */
#include "tests/unit/test.h"

#include "common/body.h"
#include "common/control/fields.h"
#include "gateway/mqtt/discovery.h"
#include "gateway/mqtt/state.h"
#include "gateway/mqtt/topic.h"

static void
test_state(void **state)
{
	json_t *status = json_loads(
	    "{\"channels\":[{\"name\":\"a\",\"state\":\"speaking\",\"queue\":2"
	    "},{\"name\":\"b\",\"state\":\"silent\",\"queue\":1}]}",
	    0, NULL);
	json_t *outputs = json_loads(
	    "{\"outputs\":[{\"name\":\"live\",\"state\":\"running\",\"pid\":5}"
	    "]}",
	    0, NULL);
	json_t *on_air = json_loads("{\"a\":{\"channel\":\"a\",\"id\":5,"
				    "\"text\":\"x\"},\"gone\":{}}",
	    0, NULL);
	json_t *body = state_document(status, outputs, on_air);
	char *text = json_dumps(body, JSON_COMPACT);

	(void)state;
	assert_string_equal(text,
	    "{\"on_air\":[{\"channel\":\"a\",\"id\":5,\"text\":\"x\"}],"
	    "\"queue\":3,\"channels\":{\"a\":{\"state\":\"speaking\","
	    "\"queue\":2},\"b\":{\"state\":\"silent\",\"queue\":1}},"
	    "\"outputs\":{\"live\":\"running\"}}");
	free(text);
	json_decref(body);
	/* The supervisor is not there. */
	body = state_document(status, NULL, NULL);
	assert_int_equal(json_object_size(json_object_get(body, "outputs")), 0);
	json_decref(body);
	json_decref(status);
	json_decref(outputs);
	json_decref(on_air);
}

/* What the pages of Home Assistant name, of those that are used here. */
static const char *const keys[] = { "platform", "unique_id", "name",
	"command_topic", "state_topic", "value_template", "qos", "icon",
	"state_class", NULL };

static size_t
count_platform(const json_t *components, const char *platform)
{
	const char *id, *key;
	json_t *one, *value;
	size_t n = 0;

	json_object_foreach((json_t *)(uintptr_t)components, id, one)
	{
		assert_string_equal(id, body_string(one, "unique_id"));
		json_object_foreach(one, key, value)
		{
			if (word_index(keys, key) < 0)
				fail_msg("'%s' has a key '%s'", id, key);
		}
		n += strcmp(body_string(one, "platform"), platform) == 0;
	}
	return n;
}

static void
test_discovery(void **state)
{
	json_t *outputs =
	    json_pack("{s:s, s:s}", "live", "running", "hls", "stopped");
	json_t *body = discovery_document(
	    "hall", outputs, 1u << RIGHT_SAY | 1u << RIGHT_CONTROL);
	const json_t *all = json_object_get(body, "components"), *one;
	char topic[DISCOVERY_TOPIC_MAX];

	(void)state;
	discovery_topic(topic, "homeassistant", "hall");
	assert_string_equal(topic, "homeassistant/device/ttsd_hall/config");
	assert_string_equal(
	    body_string(body, "availability_topic"), "ttsd/hall/availability");
	assert_string_equal(
	    body_string(json_object_get(body, "origin"), "name"), "ttsd");
	assert_int_equal(count_platform(all, "notify"), 1);
	assert_int_equal(count_platform(all, "button"), 4);
	assert_int_equal(count_platform(all, "sensor"), 4);
	one = json_object_get(all, "ttsd_hall_say");
	assert_string_equal(body_string(one, "command_topic"), "ttsd/hall/say");
	one = json_object_get(all, "ttsd_hall_output_live");
	assert_string_equal(body_string(one, "state_topic"), "ttsd/hall/state");
	assert_non_null(strstr(body_string(one, "value_template"), "['live']"));
	json_decref(body);
	/* Buttons that would be refused are none. */
	body = discovery_document("hall", outputs, 1u << RIGHT_SAY);
	all = json_object_get(body, "components");
	assert_int_equal(count_platform(all, "button"), 0);
	assert_int_equal(count_platform(all, "notify"), 1);
	json_decref(body);
	json_decref(outputs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_discovery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
