#include "ttsd/engines/net/url.h"

#include <curl/curl.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* One part of a URL, to be released by curl_free(); NULL: it has none. */
static char *
part_of(const char *url, CURLUPart part)
{
	CURLU *u = curl_url();
	char *value = NULL;

	if (u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK)
		curl_url_get(u, part, &value, CURLU_DEFAULT_PORT);
	curl_url_cleanup(u);
	return value;
}

static bool
has(const char *url, CURLUPart part)
{
	char *value = part_of(url, part);

	curl_free(value);
	return value != NULL;
}

static bool
has_scheme(const char *url, const char *wanted)
{
	char *scheme = part_of(url, CURLUPART_SCHEME);
	bool yes = scheme && strcasecmp(scheme, wanted) == 0;

	curl_free(scheme);
	return yes;
}

bool
url_usable(const char *url)
{
	return (has_scheme(url, "http") || has_scheme(url, "https")) &&
	       has(url, CURLUPART_HOST) && !has(url, CURLUPART_USER) &&
	       !has(url, CURLUPART_PASSWORD);
}

bool
url_same_server(const char *a, const char *b)
{
	static const CURLUPart parts[] = { CURLUPART_SCHEME, CURLUPART_HOST,
		CURLUPART_PORT };
	bool same = true;
	char *s, *t;
	size_t i;

	for (i = 0; same && i < sizeof(parts) / sizeof(parts[0]); i++) {
		s = part_of(a, parts[i]);
		t = part_of(b, parts[i]);
		same = s && t && strcasecmp(s, t) == 0;
		curl_free(s);
		curl_free(t);
	}
	return same;
}

bool
url_weaker(const char *url, const char *before)
{
	return has_scheme(before, "https") && !has_scheme(url, "https");
}
