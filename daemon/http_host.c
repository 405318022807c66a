#include "daemon/http_host.h"

#include <string.h>
#include <strings.h>

#include "common/net/listen_address.h"

static bool
is_named(const struct http_host *h, const char *host)
{
	const char *const *name = h->names;
	size_t len = strcspn(host, ":");

	if (listen_is_own_name(host, h->machine))
		return true;
	for (; name && *name; name++)
		if (strlen(*name) == len && strncasecmp(*name, host, len) == 0)
			return true;
	return false;
}

struct host_check {
	const struct http_host *host;
	bool strange;
};

static enum MHD_Result
check_host(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct host_check *check = arg;

	(void)kind;
	if (strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0 &&
	    (value == NULL || !is_named(check->host, value)))
		check->strange = true;
	return MHD_YES;
}

bool
http_host_is_meant(const struct http_host *h, struct MHD_Connection *c)
{
	struct host_check check = { .host = h };

	if (!h->any)
		MHD_get_connection_values(
		    c, MHD_HEADER_KIND, check_host, &check);
	return !check.strange;
}
