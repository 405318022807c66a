/* Says what may be done with a URL, and what may not. */
#ifndef TTSD_ENGINES_NET_URL_H
#define TTSD_ENGINES_NET_URL_H

#include <stdbool.h>

/* http or https, without a name or password: those would stand in a command
 * line, or come from a server that has none to give. */
bool url_usable(const char *url);

/* The same scheme, host and port. */
bool url_same_server(const char *a, const char *b);

/* Whether `url` would be read by others on the way where `before` was not. */
bool url_weaker(const char *url, const char *before);

#endif
