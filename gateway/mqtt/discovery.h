/*
 * What Home Assistant is told of a site, by its discovery over MQTT: one device
 * with all that is there to press and to see
 * (home-assistant.io/integrations/mqtt, "Device discovery payload"). Pure.
 */
#ifndef GATEWAY_MQTT_DISCOVERY_H
#define GATEWAY_MQTT_DISCOVERY_H

#include <jansson.h>
#include <stdint.h>

/* Bytes of its topic, with the NUL. */
#define DISCOVERY_TOPIC_MAX 2200

void discovery_topic(
    char out[DISCOVERY_TOPIC_MAX], const char *prefix, const char *site);

/* `outputs` is an object with their names; buttons are for what `rights`
 * allow. NULL without memory. */
json_t *discovery_document(
    const char *site, const json_t *outputs, uint32_t rights);

#endif
