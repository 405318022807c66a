/*
 * The parts of an address, and which of them nobody may see. No other file
 * decides that.
 *
 * An address is understood when it is a URL with a lower-case scheme, "://"
 * and a host, or an absolute path of this machine; without control
 * characters. Of any other address nobody knows which part is secret, so all of
 * it is. Secret are the password of the user part, the whole query, and the
 * stream key of an RTMP address. Pure.
 */
#ifndef COMMON_NET_URL_H
#define COMMON_NET_URL_H

#include <stdbool.h>
#include <stddef.h>

/* A range of bytes of the text that was parsed; `len` is 0 where the address
 * has no such part. */
struct url_part {
	size_t at, len;
};

enum url_kind {
	URL_UNKNOWN, /* not understood: no part is known */
	URL_PATH,    /* of this machine: nothing in it is secret */
	URL_ADDRESS, /* scheme://… */
};

struct url {
	enum url_kind kind;
	struct url_part scheme;
	struct url_part user, password; /* without the ':' and '@' */
	struct url_part host;           /* with its port; never empty */
	struct url_part path;           /* from its '/' on */
	struct url_part query;          /* behind '?' or '#', to the end */
	/* Of an RTMP address only, divided as ffmpeg divides it: `application`
	 * is "application[/instance]", `key` is all that follows, the query
	 * included. */
	struct url_part application, key;
};

void url_parse(struct url *out, const char *text, size_t len);

#define URL_SECRETS_MAX 3
/* Writes the secret parts of an address, in their order and without overlap,
 * and returns how many there are. */
size_t url_secrets(const struct url *u, struct url_part out[URL_SECRETS_MAX]);

/* One "name=value" of the query, without the '&' around it. */
struct url_parameter {
	struct url_part name, value;
};

/* Moves `p` to the next parameter; a `p` of zeroes moves to the first. Returns
 * false behind the last. */
bool url_parameter_next(
    const struct url *u, const char *text, struct url_parameter *p);
/* Says whether the name of the parameter ("passphrase", "token") makes its
 * value a secret. It stays one where the rest of the query is shown. */
bool url_parameter_is_secret(const struct url_parameter *p, const char *text);

/* Is a local socket a named pipe of Windows? */
bool url_socket_is_pipe(const char *socket);
/* What a socket's name has before it to be an address that ffmpeg opens. */
const char *url_socket_scheme(const char *socket);

#endif
