/*
 * The parts of an address, and which of them nobody may see: the one place
 * that says so.
 *
 * An address is understood when it is a URL with a lower-case scheme, "://"
 * and a host, or an absolute path of this machine; without control
 * characters. Of any other it is not known what in it is secret, so all of it
 * is. Secret are the password of the user part, the whole query,
 * and of RTMP the stream key. Pure.
 */
#ifndef COMMON_URL_H
#define COMMON_URL_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the text that was parsed; `len` 0: there is none. */
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
	struct url_part user, password; /* not what parts them */
	struct url_part host;           /* with its port; never empty */
	struct url_part path;           /* from its '/' on */
	struct url_part query;          /* behind '?' or '#', to the end */
	/* Of RTMP, as ffmpeg parts it: "application[/instance]", and what
	 * follows to the end, query included. */
	struct url_part application, key;
};

void url_parse(struct url *out, const char *text, size_t len);

#define URL_SECRETS_MAX 3
/* What is secret of an address, in order and without overlap; how many. */
size_t url_secrets(const struct url *u, struct url_part out[URL_SECRETS_MAX]);

/* One "name=value" of the query, without the '&' around it. */
struct url_parameter {
	struct url_part name, value;
};

/* The next one; the first after `p` of zeroes. False: there is none. */
bool url_parameter_next(
    const struct url *u, const char *text, struct url_parameter *p);
/* Is its value secret by its name, even where the query as a whole is shown
 * ("passphrase", "token")? */
bool url_parameter_is_secret(const struct url_parameter *p, const char *text);

#endif
