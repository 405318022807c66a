/* What is refused at the head of a request, whoever asks for whatever. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/http/answer.h"
#include "gateway/http/door_internal.h"

/* A page of another server asks with our user's browser. What a browser sends
 * of itself it says with `Origin`, of all that could change something. */
static bool
has_foreign_origin(const struct exchange *x)
{
	const char *origin = exchange_header(x, "Origin");
	const char *host = exchange_header(x, MHD_HTTP_HEADER_HOST);
	const char *at = origin ? strstr(origin, "://") : NULL;

	return origin &&
	       (at == NULL || host == NULL || strcasecmp(at + 3, host) != 0);
}

/* Of what is only to be seen or heard in a page it sends no `Origin`, but says
 * whose page it is, and whether somebody follows a link there, as one may. */
static bool
is_foreign_fetch(const struct exchange *x)
{
	const char *site = exchange_header(x, "Sec-Fetch-Site");
	const char *mode = exchange_header(x, "Sec-Fetch-Mode");

	return site && strcmp(site, "same-origin") != 0 &&
	       strcmp(site, "none") != 0 &&
	       (mode == NULL || strcmp(mode, "navigate") != 0);
}

/* What a proxy before us might read otherwise than we do, and of what the
 * second one would be passed over. */
struct head_check {
	unsigned lengths, codings, tokens, keys;
	bool strange_length;
};

static enum MHD_Result
check_header(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct head_check *check = arg;

	(void)kind;
	if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
		check->lengths++;
		if (value == NULL || value[0] == '\0' ||
		    value[strspn(value, "0123456789")] != '\0')
			check->strange_length = true;
	} else if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
		check->codings++;
		if (value == NULL || strcasecmp(value, "chunked") != 0)
			check->strange_length = true;
	} else if (strcasecmp(name, MHD_HTTP_HEADER_AUTHORIZATION) == 0) {
		check->tokens++;
	} else if (strcasecmp(name, "Idempotency-Key") == 0) {
		check->keys++;
	}
	return MHD_YES;
}

/* Where it ends is to be beyond doubt: a proxy before us might see another end,
 * and pass on to somebody the answer to what it took for a body. */
static bool
has_doubtful_length(const struct head_check *check)
{
	return check->strange_length || check->lengths + check->codings > 1;
}

static void
refuse_length(struct exchange *x)
{
	exchange_set(x, MHD_HTTP_HEADER_CONNECTION, "close");
	answer_error(x, 0, "bad-request",
	    "expected one Content-Length, or Transfer-Encoding: chunked");
}

static void
refuse_host(struct exchange *x, unsigned status)
{
	if (status == MHD_HTTP_BAD_REQUEST)
		answer_error(x, status, "bad-request", "expected one Host");
	else
		answer_error(x, status, "denied",
		    "this server is not called so; whoever is to ask it by "
		    "that name adds it to [http] names");
}

bool
refuse_early(
    struct exchange *x, const struct http_host *host, const char *version)
{
	const char *length = exchange_header(x, MHD_HTTP_HEADER_CONTENT_LENGTH);
	unsigned strange = http_host_refusal(host, x->mhd, version);
	struct head_check check = { 0 };

	MHD_get_connection_values(
	    x->mhd, MHD_HEADER_KIND, check_header, &check);
	if (has_doubtful_length(&check))
		refuse_length(x);
	else if (check.tokens > 1)
		answer_error(x, 0, "bad-request", "expected one Authorization");
	else if (check.keys > 1)
		answer_error(
		    x, 0, "bad-request", "expected one Idempotency-Key");
	else if (strange != 0)
		refuse_host(x, strange);
	else if (has_foreign_origin(x) || is_foreign_fetch(x))
		answer_error(x, MHD_HTTP_FORBIDDEN, "denied",
		    "a page of another server may not ask this one");
	else if (length && strtoull(length, NULL, 10) > EXCHANGE_BODY_MAX)
		answer_error(
		    x, 0, "too-long", "a request has at most 65536 bytes");
	else
		return false;
	return true;
}
