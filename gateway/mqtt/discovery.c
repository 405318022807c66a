#include "gateway/mqtt/discovery.h"

#include <stdio.h>

#include "common/body.h"
#include "common/version.h"
#include "gateway/mqtt/topic.h"

/* A state of Home Assistant has at most 255 characters. */
#define ON_AIR                                                    \
	"{{ (value_json.on_air | map(attribute='text') | list | " \
	"join('; '))[:250] }}"

#define UNIQUE_MAX (CONF_TOPIC_WORD_MAX + CONF_NAME_MAX + 32)

static const struct {
	enum topic_op op;
	const char *name, *icon;
} buttons[] = {
	{ TOPIC_SKIP, "Skip", "mdi:skip-next" },
	{ TOPIC_PAUSE, "Pause", "mdi:pause" },
	{ TOPIC_RESUME, "Resume", "mdi:play" },
	{ TOPIC_CLEAR, "Cancel all that waits", "mdi:playlist-remove" },
};

void
discovery_topic(
    char out[DISCOVERY_TOPIC_MAX], const char *prefix, const char *site)
{
	snprintf(
	    out, DISCOVERY_TOPIC_MAX, "%s/device/ttsd_%s/config", prefix, site);
}

static void
put_component(json_t **all, const char *site, const char *id,
    const char *platform, const char *name, json_t *body)
{
	char unique[UNIQUE_MAX];

	snprintf(unique, sizeof(unique), "ttsd_%s_%s", site, id);
	body_put(&body, "platform", json_string(platform));
	body_put(&body, "unique_id", json_string(unique));
	body_put(&body, "name", json_string(name));
	body_put(all, unique, body);
}

static json_t *
command(const char *site, enum topic_op op)
{
	char topic[TOPIC_MAX];

	topic_write(topic, site, topic_ops[op].name);
	return json_pack("{s:s, s:i}", "command_topic", topic, "qos", 1);
}

static json_t *
sensor(const char *site, const char *template)
{
	char topic[TOPIC_MAX];

	topic_write(topic, site, TOPIC_STATE);
	return json_pack(
	    "{s:s, s:s}", "state_topic", topic, "value_template", template);
}

static void
put_outputs(json_t **all, const char *site, const json_t *outputs)
{
	char id[CONF_NAME_MAX + 16], name[CONF_NAME_MAX + 16], template[128];
	const char *output;
	json_t *state;

	json_object_foreach((json_t *)(uintptr_t)outputs, output, state)
	{
		snprintf(id, sizeof(id), "output_%s", output);
		snprintf(name, sizeof(name), "Output %s", output);
		snprintf(template, sizeof(template),
		    "{{ value_json.outputs['%s'] | default('unknown') }}",
		    output);
		put_component(
		    all, site, id, "sensor", name, sensor(site, template));
	}
}

static json_t *
components(const char *site, const json_t *outputs, uint32_t rights)
{
	json_t *all = json_object(), *queue;
	size_t i;

	if (rights >> RIGHT_SAY & 1)
		put_component(&all, site, "say", "notify", "Say",
		    command(site, TOPIC_SAY));
	for (i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++) {
		json_t *button;

		if (!(rights >> topic_ops[buttons[i].op].may & 1))
			continue;
		button = command(site, buttons[i].op);
		body_put(&button, "icon", json_string(buttons[i].icon));
		put_component(&all, site, topic_ops[buttons[i].op].name,
		    "button", buttons[i].name, button);
	}
	put_component(
	    &all, site, "on_air", "sensor", "On air", sensor(site, ON_AIR));
	queue = sensor(site, "{{ value_json.queue }}");
	body_put(&queue, "state_class", json_string("measurement"));
	put_component(&all, site, "queue", "sensor", "Queue", queue);
	put_outputs(&all, site, outputs);
	return all;
}

json_t *
discovery_document(const char *site, const json_t *outputs, uint32_t rights)
{
	char id[CONF_TOPIC_WORD_MAX + 16], name[CONF_TOPIC_WORD_MAX + 16];
	char available[TOPIC_MAX];
	json_t *body;

	snprintf(id, sizeof(id), "ttsd_%s", site);
	snprintf(name, sizeof(name), "ttsd %s", site);
	topic_write(available, site, TOPIC_AVAILABILITY);
	body = json_pack("{s:{s:[s], s:s, s:s, s:s}, s:{s:s, s:s}, s:s}",
	    "device", "identifiers", id, "name", name, "model", "ttsd",
	    "sw_version", TTSD_VERSION, "origin", "name", "ttsd", "sw_version",
	    TTSD_VERSION, "availability_topic", available);
	body_put(&body, "components", components(site, outputs, rights));
	return body;
}
