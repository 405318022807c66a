/* A message of a broker's, as the gateway is told of it (courier.h). */
#ifndef GATEWAY_COURIER_MESSAGE_H
#define GATEWAY_COURIER_MESSAGE_H

#include <jansson.h>
#include <mosquitto.h>

/* NULL where there is no memory. */
json_t *message_tell(
    const struct mosquitto_message *m, const mosquitto_property *properties);

#endif
