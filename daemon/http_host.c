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
	unsigned count;
	bool strange;
};

static enum MHD_Result
check_host(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct host_check *check = arg;

	(void)kind;
	if (strcasecmp(name, MHD_HTTP_HEADER_HOST) != 0)
		return MHD_YES;
	check->count++;
	if (!check->host->any &&
	    (value == NULL || !is_named(check->host, value)))
		check->strange = true;
	return MHD_YES;
}

/* Before HTTP/1.1 there was none. */
static bool
needs_host(const char *version)
{
	return version == NULL || strcmp(version, MHD_HTTP_VERSION_1_0) > 0;
}

unsigned
http_host_refusal(
    const struct http_host *h, struct MHD_Connection *c, const char *version)
{
	struct host_check check = { .host = h };

	MHD_get_connection_values(c, MHD_HEADER_KIND, check_host, &check);
	if (check.count > 1 || (check.count == 0 && needs_host(version)))
		return MHD_HTTP_BAD_REQUEST;
	return check.strange ? MHD_HTTP_MISDIRECTED_REQUEST : 0;
}
