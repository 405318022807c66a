/* Who we are to a broker, and how it proves who it is. */
#ifndef GATEWAY_COURIER_LOGIN_H
#define GATEWAY_COURIER_LOGIN_H

#include <jansson.h>
#include <mosquitto.h>
#include <stddef.h>

/* A word of the settings (courier.h); "" where there is none. */
const char *login_setting(const json_t *settings, const char *name);

/* Sets name and password, which is read anew. Returns 0, or an error with `why`
 * filled. */
int login_password(
    const json_t *settings, struct mosquitto *m, char *why, size_t size);
/* Sets certificates, where it is to be TLS. ERR_INVALID: they cannot be read;
 * ERR_UNSUPPORTED: this libmosquitto was built without TLS. */
int login_tls(const json_t *settings, struct mosquitto *m);

#endif
