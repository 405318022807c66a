#include "gateway/reload.h"

#include <string.h>

#include "common/body.h"
#include "common/conf/conf_told.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/version.h"
#include "gateway/daemons/hub.h"
#include "gateway/gateway.h"

/* Of what the log says is new: what is more is left out. */
#define NEWS_MAX 4096

/* What the gateway goes by. */
static const char *const read_sections[] = { "ttsd", "streamer", "zone", "http",
	"mqtt", "wyoming", "schedule", NULL };

static int
reload_save(void *arg, struct parcel *p, bool trial, char *why, size_t size)
{
	struct gateway *g = arg;

	(void)trial;
	(void)why;
	(void)size;
	daemon_bequeath(p);
	body_put(
	    &p->document, "conf", conf_tell_sections(&g->conf, read_sections));
	return p->document ? 0 : ERR_NOMEM;
}

static bool
is_same_address(const json_t *was, const char *section, const char *listen)
{
	const char *before =
	    body_string(conf_told_of(was, section, ""), "listen");

	return before && strcmp(before, listen) == 0;
}

int
reload_try(struct conf *conf, struct parcel *given, struct parcel *answer,
    struct conf_error *e)
{
	json_t *now = conf_tell_sections(conf, read_sections);
	const json_t *was = json_object_get(given->document, "conf");

	body_put(&answer->document, "news", conf_told_news(was, now));
	body_put(&answer->document, "version", json_string(TTSD_VERSION));
	json_decref(now);
	return gateway_try(conf,
	    is_same_address(was, "http", conf->http.listen),
	    is_same_address(was, "wyoming", conf->wyoming.listen), e);
}

/* "; changed [http] [zone east]", where something is. */
static void
put_news(struct buf *out, const json_t *news, const char *kind)
{
	const json_t *list = json_object_get(news, kind), *name;
	size_t i;

	if (json_array_size(list) > 0)
		buf_putf(out, "; %s", kind);
	json_array_foreach(list, i, name)
	    buf_putf(out, " %s", json_string_value(name));
}

static void
reload_ready(void *arg)
{
	struct gateway *g = arg;
	const json_t *answer = upgrade_answer(g->upgrade);
	const json_t *news = json_object_get(answer, "news");
	const char *version = body_string(answer, "version");
	struct buf text;

	buf_init(&text, NEWS_MAX);
	put_news(&text, news, "added");
	put_news(&text, news, "removed");
	put_news(&text, news, "changed");
	if (version && strcmp(version, TTSD_VERSION) != 0)
		buf_putf(&text, "; version %s", version);
	if (buf_len(&text) == 0) {
		log_info("reloaded: for the gateway the configuration says "
			 "nothing new");
		upgrade_drop(g->upgrade);
	} else {
		log_info("reload: the gateway begins afresh%.*s",
		    (int)buf_len(&text), (const char *)buf_data(&text));
		upgrade_go(g->upgrade);
	}
	buf_done(&text);
}

static void
reload_failed(void *arg, const char *why)
{
	(void)arg;
	log_error("the configuration is not read again, and the gateway goes "
		  "on with what it has; mend it and reload again: %s",
	    why);
}

/* ---- when ---------------------------------------------------------------- */

static void
follow_more(void *arg)
{
	struct gateway *g = arg;
	struct recent_event e;
	bool lost, asked = false;

	while (hub_take(g->reloads, &e, &lost))
		asked = true;
	if (asked)
		reload_begin(g);
}

static const struct hub_receiver follower = { .more = follow_more,
	.beat = follow_more };

int
reload_follow(struct gateway *g, const char *path)
{
	const struct hub_question question = { .path = path,
		.events = "[\"reload\"]" };

	return hub_join(
	    &g->hubs, g->loop, &question, &follower, g, &g->reloads);
}

int
reload_init(struct gateway *g)
{
	static const struct upgrade_owner owner = { .save = reload_save,
		.ready = reload_ready,
		.failed = reload_failed };

	return upgrade_new(g->loop, &owner, g, &g->upgrade);
}

void
reload_begin(struct gateway *g)
{
	log_info("reading the configuration and the tokens again");
	if (g->api.access.tokens)
		tokens_read(g->api.access.tokens);
	upgrade_begin(g->upgrade);
}
