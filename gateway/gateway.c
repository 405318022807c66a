#include "gateway/gateway.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/net/credential.h"
#include "common/net/listen_address.h"
#include "gateway/mqtt/carrier.h"
#include "gateway/reload.h"
#include "platform/net_listener.h"
#include "platform/state_dir.h"

#define PEM_MAX ((size_t)256 * 1024)

int
gateway_check(const struct conf *conf, struct conf_error *e)
{
	uint32_t rights;

	if (!access_read_rights(&conf->http, &rights))
		return conf_blame(e, &conf->http.block, "anonymous",
		    "expected names of rights: read, say, urgent, control, "
		    "outputs, admin; or none");
	if (!mqtt_read_rights(&conf->mqtt, &rights))
		return conf_blame(e, &conf->mqtt.block, "may",
		    "expected names of rights: say, urgent, control; or none");
	return 0;
}

bool
gateway_serves(const struct conf *conf)
{
	return conf->http.listen[0] || conf->schedules.count > 0 ||
	       conf->mqtt.url[0] || conf->wyoming.listen[0];
}

static void
signalled(void *arg, enum loop_signal signal)
{
	struct gateway *g = arg;

	if (signal == LOOP_TERMINATE) {
		log_info("stopping");
		service_stopping();
		loop_stop(g->loop);
	} else {
		reload_begin(g);
	}
}

/* ---- files ------------------------------------------------------------ */

static enum daemon_step blame(struct conf_error *e, enum daemon_step step,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Says what is wrong, to who tells it. */
static enum daemon_step
blame(struct conf_error *e, enum daemon_step step, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return step;
}

/* Where the tokens are. */
static enum daemon_step
find_tokens(struct gateway *g, struct conf_error *e)
{
	const char *named = g->conf.http.tokens;
	struct state_dir dir;
	int rc, n;

	if (named[0]) {
		snprintf(g->tokens, sizeof(g->tokens), "%s", named);
		return DAEMON_GO_ON;
	}
	rc = state_dir_open(g->conf.ttsd.state_dir, &dir);
	if (rc < 0)
		return blame(e, EXIT_FAILED,
		    "state_dir=%s %s; mend it, or set [http] tokens to where "
		    "the tokens are",
		    log_quote(dir.path),
		    rc == ERR_UNTRUSTED ? dir.fault : err_text(rc));
	n = snprintf(g->tokens, sizeof(g->tokens), "%s/tokens", dir.path);
	return n < (int)sizeof(g->tokens)
		   ? DAEMON_GO_ON
		   : blame(e, EXIT_CONFIG, "state_dir: its path is too long");
}

static enum daemon_step
read_pem(
    const char *key, const char *path, struct buf *out, struct conf_error *e)
{
	int rc;

	buf_init(out, PEM_MAX);
	if (path[0] == '\0')
		return DAEMON_GO_ON;
	rc = path_read_waiting(path, out);
	if (rc == 0)
		rc = buf_put(out, "", 1);
	if (rc == 0)
		return DAEMON_GO_ON;
	return blame(e, EXIT_CONFIG, "[http] %s=%s cannot be read: %s", key,
	    log_quote(path),
	    credential_why(path, getenv(CREDENTIAL_FOLDER), rc));
}

static enum daemon_step
read_files(struct gateway *g, struct conf_error *e)
{
	const struct conf_http *h = &g->conf.http;
	enum daemon_step step = find_tokens(g, e);

	if (step == DAEMON_GO_ON)
		step = read_pem("tls_cert", h->tls_cert, &g->certificate, e);
	if (step == DAEMON_GO_ON)
		step = read_pem("tls_key", h->tls_key, &g->key, e);
	return step;
}

/* ---- the door --------------------------------------------------------- */

static enum daemon_step
door_failed(const char *at, int err, bool tls, struct conf_error *e)
{
	if (tls && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
		return blame(e, EXIT_CONFIG,
		    "[http] tls_cert, tls_key: tls is not in this build; take "
		    "them out, and use a reverse proxy");
	if (tls)
		return blame(e, EXIT_CONFIG,
		    "[http] tls_cert, tls_key: no TLS with these; expected a "
		    "certificate (with those of who signed it) and its key, "
		    "both PEM");
	if (err == ERR_IN_USE)
		return blame(e, EXIT_HELD,
		    "[http] listen=%s is in use by another program; stop that "
		    "one, or set another",
		    log_quote(at));
	return blame(e, err == ERR_INVALID ? EXIT_CONFIG : EXIT_FAILED,
	    "[http] listen=%s cannot be served: %s; set another", log_quote(at),
	    err_text(err));
}

/* Who can reach it, and what of that is not safe. */
static void
tell_reach(const struct gateway *g, const char *where)
{
	struct listen_address at;
	bool local =
	    listen_address_parse(where, &at) && listen_address_is_loopback(&at);

	log_info("http=%s tokens=%s", log_quote(where), log_quote(g->tokens));
	if (!local)
		log_info("other machines reach it: they need a token "
			 "(`ttsctl token add`)");
	if (!local && g->conf.http.tls_cert[0] == '\0')
		log_warning("http=%s tokens and texts go over the network in "
			    "the clear: set [http] tls_cert and tls_key, or "
			    "put a proxy with TLS before it",
		    log_quote(where));
}

static enum daemon_step
open_door(struct gateway *g, const char *address, char *where, size_t size,
    struct conf_error *e)
{
	bool tls;
	int rc;

	g->door_spec = (struct door_spec){ .address = address,
		.names = (const char *const *)g->conf.http.names,
		.serve = api_serve,
		.arg = &g->api };
	if (buf_len(&g->certificate) > 0) {
		g->door_spec.certificate =
		    (const char *)buf_data(&g->certificate);
		g->door_spec.key = (const char *)buf_data(&g->key);
	}
	rc = door_new(g->loop, &g->door_spec, where, size, &tls, &g->door);
	return rc < 0 ? door_failed(address, rc, tls, e) : DAEMON_GO_ON;
}

static enum daemon_step
serve_http(struct gateway *g, struct conf_error *e)
{
	char where[PLATFORM_PATH_MAX];
	enum daemon_step step =
	    open_door(g, g->conf.http.listen, where, sizeof(where), e);

	if (step != DAEMON_GO_ON)
		return step;
	g->api.door = g->door;
	tell_reach(g, where);
	return DAEMON_GO_ON;
}

static enum daemon_step
start_api(struct gateway *g, struct conf_error *e)
{
	enum daemon_step step = read_files(g, e);
	int rc;

	if (step != DAEMON_GO_ON)
		return step;
	rc = api_init(&g->api, g->loop, &g->conf, &g->dir, g->tokens);
	if (rc == 0)
		rc = reload_follow(g, g->api.peers[API_TTSD].path);
	if (rc < 0)
		return blame(e, EXIT_FAILED, "the gateway cannot start: %s",
		    err_text(rc));
	return g->conf.http.listen[0] ? serve_http(g, e) : DAEMON_GO_ON;
}

static enum daemon_step
wyoming_failed(const char *at, int err, struct conf_error *e)
{
	enum daemon_step step = EXIT_FAILED;

	if (err == ERR_IN_USE)
		step = EXIT_HELD;
	else if (err == ERR_INVALID || err == ERR_UNSUPPORTED)
		step = EXIT_CONFIG;
	return blame(e, step,
	    "[wyoming] listen=%s cannot be served: %s; set another, or take "
	    "the section out (on Windows there is none)",
	    log_quote(at), err_text(err));
}

/* ---- a trial ---------------------------------------------------------- */

static void
turn_away(void *arg, struct stream *s, const struct peer_address *who)
{
	(void)arg;
	(void)who;
	stream_close(s);
}

/* An address that the program before has is not tried: it is good. */
static enum daemon_step
try_addresses(
    struct gateway *g, bool has_http, bool has_wyoming, struct conf_error *e)
{
	const char *at = g->conf.wyoming.listen;
	char where[PLATFORM_PATH_MAX];
	enum daemon_step step = DAEMON_GO_ON;
	struct net_listener *ln = NULL;
	int rc = 0;

	if (g->conf.http.listen[0])
		step =
		    open_door(g, has_http ? "127.0.0.1:0" : g->conf.http.listen,
			where, sizeof(where), e);
	if (step == DAEMON_GO_ON && at[0] && !has_wyoming)
		rc = net_listener_new(g->loop, at, turn_away, NULL, &ln);
	net_listener_close(ln);
	return rc < 0 ? wyoming_failed(at, rc, e) : step;
}

int
gateway_try(
    struct conf *conf, bool has_http, bool has_wyoming, struct conf_error *e)
{
	struct gateway g = { .conf = *conf };
	enum daemon_step step = DAEMON_GO_ON;
	int rc = loop_new(&g.loop);

	if (rc == 0)
		step = read_files(&g, e);
	if (rc == 0 && step == DAEMON_GO_ON)
		step = try_addresses(&g, has_http, has_wyoming, e);
	gateway_end(&g);
	return step == DAEMON_GO_ON ? rc : ERR_INVALID;
}

/* ---- the broker ------------------------------------------------------- */

static enum daemon_step
start_mqtt(struct gateway *g, struct conf_error *e)
{
	int rc = mqtt_init(&g->mqtt, g->loop, &g->conf.mqtt, &g->dir);

	if (rc == ERR_NOT_FOUND || rc == ERR_NOT_PROGRAM)
		return blame(e, EXIT_CONFIG,
		    "[mqtt] url is set, and there is no program courier "
		    "beside the others in libexec/ttsd: install it, or take "
		    "the section out");
	if (rc < 0)
		return blame(e, EXIT_FAILED, "the gateway cannot start: %s",
		    err_text(rc));
	log_info("mqtt=%s site=%s", log_quote(g->conf.mqtt.url), g->mqtt.site);
	return DAEMON_GO_ON;
}

/* ---- Wyoming ---------------------------------------------------------- */

static enum daemon_step
start_wyoming(struct gateway *g, struct conf_error *e)
{
	const struct conf_wyoming *c = &g->conf.wyoming;
	int rc = wyoming_start(&g->wyoming, g->loop, c, &g->dir);

	if (rc < 0)
		return wyoming_failed(c->listen, rc, e);
	g->api.beside = wyoming_metrics;
	g->api.beside_of = &g->wyoming;
	log_info(
	    "wyoming=%s", log_quote(net_listener_name(g->wyoming.listener)));
	if (c->allow && c->allow[0])
		log_warning("wyoming: whoever [wyoming] allow names has texts "
			    "spoken without a password, in the clear");
	return DAEMON_GO_ON;
}

static enum daemon_step
start_parts(struct gateway *g, struct conf_error *e)
{
	/* What is said again and again is asked for whether others may ask or
	 * not. */
	enum daemon_step step = start_api(g, e);

	if (step == DAEMON_GO_ON && g->conf.mqtt.url[0])
		step = start_mqtt(g, e);
	if (step == DAEMON_GO_ON && g->conf.wyoming.listen[0])
		step = start_wyoming(g, e);
	if (step != DAEMON_GO_ON)
		log_error("%s", e->text);
	return step;
}

enum daemon_step
gateway_start(struct gateway *g)
{
	enum daemon_step step;
	struct conf_error e;
	int rc = loop_new(&g->loop);

	if (rc == 0)
		rc = reload_init(g);
	if (rc < 0) {
		log_error("the gateway cannot start: %s", err_text(rc));
		return EXIT_FAILED;
	}
	loop_on_signal(g->loop, signalled, g);
	step = daemon_runtime_dir(&g->conf, &g->dir);
	return step == DAEMON_GO_ON ? start_parts(g, &e) : step;
}

static void
describe(void *arg, char *out, size_t size)
{
	const struct gateway *g = arg;
	const char *broker = "";

	if (g->mqtt.carrier)
		broker = carrier_is_up(g->mqtt.carrier)
			     ? ", at its broker"
			     : ", without its broker";
	snprintf(out, size, "%s%s%s%s%s",
	    g->door ? "serves " : "serves nobody over HTTP",
	    g->door ? g->conf.http.listen : "", broker,
	    g->wyoming.listener ? ", Wyoming at " : "",
	    g->wyoming.listener ? net_listener_name(g->wyoming.listener) : "");
}

const struct service_report gateway_report = { .describe = describe };

void
gateway_end(struct gateway *g)
{
	hub_leave(g->reloads);
	wyoming_stop(&g->wyoming);
	mqtt_done(&g->mqtt);
	door_close(g->door);
	if (g->api.loop)
		api_done(&g->api);
	buf_done(&g->certificate);
	buf_done(&g->key);
	upgrade_free(g->upgrade);
	loop_free(g->loop);
	conf_done(&g->conf);
}
