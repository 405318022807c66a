#include "gateway/api/arrival.h"

#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "gateway/http/answer.h"
#include "gateway/http/query.h"

static const char events_query[] = "events channel lead_ms since";

/* The first that fits serves. */
static const struct route routes[] = {
	{ "GET", "/", false, ROUTE_OPEN, NULL, console_serve },
	{ "GET", "/board/", true, ROUTE_OPEN, NULL, board_serve },
	{ "GET", "/console/", true, ROUTE_OPEN, NULL, console_file_serve },
	{ "GET", "/v1/events", false, RIGHT_READ, events_query, events_serve },
	{ "GET", "/v1/outputs/events", false, RIGHT_READ, events_query,
	    events_serve },
	{ "GET", "/v1/listen/", true, RIGHT_READ, "", listen_serve },
	{ "GET", "/v1/schedule", false, RIGHT_READ, "", schedule_serve },
	{ "GET", "/v1/whoami", false, RIGHT_NONE, "", whoami_serve },
	{ "POST", "/v1/audio/speech", false, RIGHT_SAY, "", speech_serve },
	{ "POST", "/v1/outputs/", true, RIGHT_NONE, "", call_serve_streamer },
	{ "POST", "/v1/", true, RIGHT_NONE, "", call_serve },
	{ "GET", "/openapi.json", false, RIGHT_NONE, "", openapi_serve },
	{ "GET", "/metrics", false, RIGHT_READ, NULL, metrics_serve },
	{ "GET", "/healthz", false, RIGHT_NONE, NULL, healthz_serve },
	{ "GET", "/readyz", false, RIGHT_NONE, NULL, readyz_serve },
};

static const struct route *
find_route(const char *path)
{
	const struct route *r = routes, *end = r + sizeof(routes) / sizeof(*r);

	for (; r < end; r++) {
		size_t n = strlen(r->path);

		if (strncmp(r->path, path, n) == 0 &&
		    (path[n] != '\0') == r->more)
			return r;
	}
	return NULL;
}

static bool
method_fits(const struct route *r, const char *method)
{
	return strcmp(r->method, method) == 0 ||
	       (strcmp(r->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

bool
api_may(struct exchange *x, const struct token *who, enum right may)
{
	if (token_may(who, may))
		return true;
	answer_error(x, 0, "denied", "'%s' may not: it takes the right '%s'%s",
	    who->name, right_name(may),
	    exchange_header(x, "Authorization")
		? ""
		: "; a token may have it (`ttsctl token add`), or, on this "
		  "machine, everybody ([http] anonymous)");
	return false;
}

/* All channels of a zone; NULL has none. */
static bool
has_all(const struct api *a, const struct token *who, const struct conf_zone *z)
{
	char *const *name = z ? z->channels : NULL;

	while (name && *name && api_has_channel(a, who, *name))
		name++;
	return name && *name == NULL;
}

bool
api_has_channel(
    const struct api *a, const struct token *who, const char *channel)
{
	const struct conf_zone *own = conf_zone_find(a->conf, channel);
	const char *zone;
	size_t i;

	if (token_may_channel(who, channel) || has_all(a, who, own))
		return true;
	for (i = 0; i < a->conf->zones.count; i++) {
		zone = conf_zone_at(a->conf, i)->block.name;
		if (token_may_channel(who, zone) &&
		    conf_name_has(a->conf, zone, channel))
			return true;
	}
	return false;
}

bool
api_may_channel(const struct api *a, struct exchange *x,
    const struct token *who, const char *channel)
{
	if (api_has_channel(a, who, channel))
		return true;
	answer_error(x, 0, "denied", "'%s' has nothing to do with channel '%s'",
	    who->name, channel);
	return false;
}

static void
serve_known(void *arg, struct exchange *x, const struct token *who)
{
	const char *path = exchange_path(x);
	const struct route *r = find_route(path);
	struct api *a = arg;

	if ((r->query == NULL || query_check(x, r->query)) &&
	    api_may(x, who, r->may))
		r->serve(a, x, who, path + strlen(r->path));
}

void
api_serve(void *arg, struct exchange *x)
{
	const struct route *r = find_route(exchange_path(x));
	const char *allowed = r && strcmp(r->method, "GET") == 0
				  ? "GET, HEAD, OPTIONS"
				  : "POST, OPTIONS";
	struct api *a = arg;

	if (r == NULL)
		answer_error(x, 0, "not-found",
		    "there is nothing at this path; /openapi.json tells what "
		    "there is");
	else if (strcmp(exchange_method(x), "OPTIONS") == 0)
		answer_options(x, allowed);
	else if (!method_fits(r, exchange_method(x)))
		answer_wrong_method(x, allowed);
	else if (r->may == ROUTE_OPEN)
		r->serve(a, x, NULL, exchange_path(x) + strlen(r->path));
	else
		access_ask(&a->access, x, serve_known, a);
}

/* A line "error CODE: message": what a daemon refused before it had read the
 * question, such as one connection too many. */
static bool
read_plain_error(
    const char *line, size_t len, char *code, size_t size, const char **message)
{
	static const char error[] = "error ";
	size_t n = sizeof(error) - 1, end;
	const char *colon;

	if (len < n || memcmp(line, error, n) != 0)
		return false;
	colon = memchr(line, ':', len);
	end = colon ? (size_t)(colon - line) : 0;
	if (end <= n || end - n >= size || end + 2 > len)
		return false;
	memcpy(code, line + n, end - n);
	code[end - n] = '\0';
	*message = line + end + 2;
	return true;
}

static bool
begins(const char *line, size_t len, const char *with)
{
	return len > strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

void
api_answer_line(struct exchange *x, const struct api_peer *peer,
    const char *line, size_t len)
{
	const char *code = NULL, *message;
	json_t *reply = NULL;
	char plain[32];

	/* A good one, which may be long, is not read a second time. */
	if (begins(line, len, "{\"ok\":true")) {
		exchange_reply(x, 200, ANSWER_JSON, line, len);
		return;
	}
	if (begins(line, len, "{\"ok\":false"))
		reply = json_loadb(line, len, 0, NULL);
	code = body_string(reply, "error");
	if (code)
		exchange_reply(x, answer_status(code), ANSWER_JSON, line, len);
	else if (read_plain_error(line, len, plain, sizeof(plain), &message))
		answer_error(
		    x, 0, plain, "%.*s", (int)(line + len - message), message);
	else
		answer_error(x, 502, "unavailable",
		    "%s has answered with what is no reply",
		    peer_name(peer->peer));
	json_decref(reply);
}

bool
api_read_body(struct exchange *x, json_t **out)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *type = exchange_header(x, "Content-Type"), *text;
	json_error_t e;
	size_t len;
	int rc;

	text = exchange_body(x, &len);
	if (len == 0) {
		*out = json_object();
		return true;
	}
	/* What `curl -d` says; forms of pages come with their `Origin`, and
	 * have been turned away where that is not ours. */
	if (type && strncmp(type, form, sizeof(form) - 1) == 0)
		type = NULL;
	if (type && strncmp(type, ANSWER_JSON, sizeof(ANSWER_JSON) - 1) != 0) {
		answer_error(x, 415, "bad-request",
		    "expected Content-Type: " ANSWER_JSON);
		return false;
	}
	rc = body_parse(text, len, JSON_REJECT_DUPLICATES, out, &e);
	if (rc == 0 && json_is_object(*out))
		return true;
	if (rc == ERR_NOMEM)
		answer_error(x, 0, "unavailable", "there is no memory for it");
	else
		answer_error(x, 0, "bad-request", "%s",
		    rc < 0 ? e.text : "expected an object, {...}");
	json_decref(*out);
	return false;
}

void
api_answer_absent(struct exchange *x, const struct api_peer *peer, int err)
{
	const char *name = peer_name(peer->peer);

	if (err == ERR_TIMEOUT)
		answer_error(x, 504, "unavailable",
		    "%s has not answered within %d s; ask again with the same "
		    "key",
		    name, (int)(PEER_PATIENCE_NS / NS_PER_S));
	else if (err == ERR_CLOSED)
		answer_error(x, 502, "unavailable",
		    "%s ended before it answered; whether it was done is not "
		    "known: ask again with the same key",
		    name);
	else if (err == ERR_TOO_LONG)
		answer_error(x, 502, "unavailable",
		    "%s has answered with more than %zu MiB; ask for less",
		    name, PEER_ANSWER_MAX / 1024 / 1024);
	else if (err == ERR_FULL)
		answer_error(x, 0, "unavailable",
		    "too many wait for %s already; try again", name);
	else
		answer_error(x, 0, "unavailable",
		    "%s cannot be reached at its socket: %s; is it running?",
		    name, err_text(err));
}

/* ---- life ------------------------------------------------------------- */

static int
peer_open(struct api *a, enum api_daemon which, const char *name,
    const char *socket, const char *prefix)
{
	struct api_peer *p = &a->peers[which];
	int rc = path_socket(a->dir->path, socket, p->path, sizeof(p->path));

	p->prefix = prefix;
	if (rc == 0)
		rc = peer_new(a->loop, name, p->path, &p->peer);
	if (rc == 0)
		rc = roster_new(p->peer, &p->roster);
	return rc;
}

int
api_init(struct api *a, struct loop *l, const struct conf *conf,
    const struct runtime_dir *dir, const char *tokens)
{
	int rc;

	*a = (struct api){ .loop = l,
		.conf = conf,
		.dir = dir,
		.started_ns = clock_awake_ns(),
		.changes = { .every_ns = 100 * NS_PER_MS, .burst = 50 } };
	rc = access_init(&a->access, l, &conf->http, tokens);
	if (rc == 0)
		rc = peer_open(a, API_TTSD, "ttsd", "control", "/v1/");
	if (rc == 0)
		rc = peer_open(a, API_STREAMER, "streamer-supervisor",
		    "streamer", "/v1/outputs/");
	if (rc == 0)
		rc = schedules_new(l, conf, a->peers[API_TTSD].peer,
		    a->peers[API_TTSD].path, &a->schedules);
	return rc;
}

void
api_done(struct api *a)
{
	int i;

	schedules_free(a->schedules);
	arrivals_forget(a);
	for (i = 0; i < API_DAEMONS; i++) {
		roster_free(a->peers[i].roster);
		peer_free(a->peers[i].peer);
	}
	access_done(&a->access);
}
