/*
 * What was answered lately. A broker that does not know whether its message
 * arrived gives it once more, under the same number, after the connection was
 * lost for however long; ttsd knows a key for a while only ([ttsd] key_window).
 * Pure.
 */
#ifndef GATEWAY_MQTT_REDELIVERY_H
#define GATEWAY_MQTT_REDELIVERY_H

#include <stdint.h>

/* More than a broker has open at once for one client. */
#define REDELIVERY_MAX 64
#define REDELIVERY_KEY_MAX 128

struct redelivery {
	struct {
		int64_t packet; /* its number; 0: none */
		char key[REDELIVERY_KEY_MAX + 1];
		uint64_t id; /* of the announcement */
	} of[REDELIVERY_MAX];
	unsigned next;
};

/* The announcement that it became; 0: it is new. */
uint64_t redelivery_find(
    const struct redelivery *r, int64_t packet, const char *key);
void redelivery_note(
    struct redelivery *r, int64_t packet, const char *key, uint64_t id);
/* The broker has forgotten us: its numbers begin again. */
void redelivery_forget(struct redelivery *r);

#endif
