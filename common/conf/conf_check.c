/* What a configuration has without saying so, and what must fit together. */
#include <stdio.h>
#include <string.h>

#include "common/conf/conf_internal.h"
#include "common/conf/engine_type.h"
#include "common/err.h"
#include "common/net/listen_address.h"
#include "common/net/mqtt_address.h"
#include "common/net/network.h"
#include "common/text/language.h"

/* Engines that need no settings are there without being named. */
static int
add_implied(struct conf *c)
{
	const struct schema_section *engines = schema_find("engine");
	struct conf_engine *engine;
	int64_t i;

	for (i = 0; engine_types[i].name; i++) {
		if (!engine_types[i].exists)
			continue;
		engine = conf_find_block(c, engines, engine_types[i].name);
		if (engine == NULL)
			engine =
			    conf_add_block(c, engines, engine_types[i].name);
		if (engine == NULL)
			return ERR_NOMEM;
		if (conf_set_at(&engine->block, "type") == 0)
			engine->type = i;
	}
	if (c->channels.count == 0 &&
	    conf_add_block(c, schema_find("channel"), "main") == NULL)
		return ERR_NOMEM;
	return 0;
}

/* `less` is more than `more`: the one that was set is to blame. */
static int
blame_pair(const struct conf_block *block, const char *less, const char *more,
    struct conf_error *e)
{
	bool set = conf_set_at(block, less) != 0;

	return conf_blame(
	    e, block, set ? less : more, "%s is more than %s", less, more);
}

static int
check_metrics(
    const char *address, const struct conf_block *block, struct conf_error *e)
{
	struct listen_address where;

	if (address[0] == '\0' || (listen_address_parse(address, &where) &&
				      listen_address_is_loopback(&where)))
		return 0;
	return conf_blame(e, block, "metrics",
	    "expected 127.0.0.1:PORT, [::1]:PORT, localhost:PORT or the "
	    "absolute path of a socket, none of which other machines reach; "
	    "for those, put a reverse proxy with TLS and a password before it");
}

static int
check_ttsd(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_ttsd *t = block;

	(void)c;
	if (t->workers > t->workers_max)
		return blame_pair(&t->block, "workers", "workers_max", e);
	return check_metrics(t->metrics, &t->block, e);
}

static int
check_streamer(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_streamer *s = block;

	if (s->metrics[0] && strcmp(s->metrics, c->ttsd.metrics) == 0)
		return conf_blame(e, &s->block, "metrics",
		    "[ttsd] has the same; each daemon "
		    "needs an address of its own");
	return check_metrics(s->metrics, &s->block, e);
}

/* Neither is of use without the other. */
static int
check_certificate(const struct conf_block *block, const char *cert,
    const char *key, struct conf_error *e)
{
	if ((cert[0] != '\0') == (key[0] != '\0'))
		return 0;
	return conf_blame(e, block, cert[0] ? "tls_cert" : "tls_key",
	    "tls_cert and tls_key go together");
}

static int
check_http(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_http *h = block;
	struct listen_address where;

	(void)c;
	if (h->listen[0] && !listen_address_parse(h->listen, &where))
		return conf_blame(e, &h->block, "listen",
		    "expected ADDRESS:PORT, such as 127.0.0.1:8088 (this "
		    "machine alone), 0.0.0.0:8088 or [::]:8088 (all of its "
		    "addresses), or the absolute path of a socket");
	return check_certificate(&h->block, h->tls_cert, h->tls_key, e);
}

/* A level of a topic of ours: no wildcard and no slash can be in it. */
static int
check_topic_word(const char *word, const struct conf_block *block,
    const char *key, struct conf_error *e)
{
	size_t len = strlen(word);

	if (len > 0 && len <= CONF_TOPIC_WORD_MAX &&
	    word[strspn(word, CONF_TOPIC_WORD)] == '\0')
		return 0;
	return conf_blame(e, block, key,
	    "expected 1 to %d of " CONF_NAME_OF
	    ", for it becomes a part of topics",
	    CONF_TOPIC_WORD_MAX);
}

static int
check_mqtt_topics(const struct conf_mqtt *m, struct conf_error *e)
{
	char **group;
	int rc = 0;

	if (m->site[0])
		rc = check_topic_word(m->site, &m->block, "site", e);
	if (rc == 0 && strcmp(m->site, "group") == 0)
		rc = conf_blame(e, &m->block, "site",
		    "'group' is the topic of groups; set another");
	for (group = m->groups; rc == 0 && group && *group; group++)
		rc = check_topic_word(*group, &m->block, "groups", e);
	if (rc == 0 && m->discovery_prefix[strcspn(m->discovery_prefix, "+#")])
		rc = conf_blame(e, &m->block, "discovery_prefix",
		    "'+' and '#' cannot be in a topic");
	return rc;
}

static int
check_mqtt(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_mqtt *m = block;
	struct mqtt_address at;

	(void)c;
	if (m->url[0] == '\0')
		return 0;
	if (!mqtt_address_parse(m->url, &at))
		return conf_blame(e, &m->block, "url",
		    "expected mqtts://HOST, mqtt://HOST or the same with "
		    ":PORT, and nothing else; user and password have keys of "
		    "their own");
	if (m->password_file[0] && m->password_env[0])
		return conf_blame(e, &m->block, "password_env",
		    "only one of password_env and password_file can be set");
	if (check_certificate(&m->block, m->tls_cert, m->tls_key, e) < 0)
		return ERR_INVALID;
	if (!at.tls && (m->ca_file[0] || m->tls_cert[0]))
		return conf_blame(e, &m->block,
		    m->ca_file[0] ? "ca_file" : "tls_cert",
		    "it is for TLS: set url = mqtts://...");
	return check_mqtt_topics(m, e);
}

/* `key` names engines, channels or a video: there must be one of that name. */
static int
blame_missing(struct conf_error *e, const struct conf_block *block,
    const char *key, const char *name)
{
	const char *section = key;

	if (strcmp(key, "fallback") == 0)
		section = "engine";
	else if (strcmp(key, "channels") == 0)
		section = "channel";

	return conf_blame(e, block, key, "there is no [%s %s]", section,
	    conf_show(name).text);
}

static int
check_engine(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_engine *engine = block;
	const struct conf_block *b = block;
	const struct engine_type *type = engine_type_of(engine);
	const char *needs = type->needs ? type->needs : "";

	if (strcmp(needs, "command") != 0 && !conf_is_empty(b, "command"))
		return conf_blame(e, b, "command", "only for type = command");
	if (type->needs && conf_is_empty(b, type->needs))
		return conf_blame(e, b, NULL, "needs %s", type->needed);
	if (engine->key_file[0] && engine->key_env[0])
		return conf_blame(e, b, "key_env",
		    "only one of key_env and key_file can be set");
	if (engine->fallback[0] && !conf_engine_find(c, engine->fallback))
		return blame_missing(e, b, "fallback", engine->fallback);
	if (strcmp(engine->fallback, b->name) == 0)
		return conf_blame(
		    e, b, "fallback", "an engine can't replace itself");
	return 0;
}

static int
check_channel(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_channel *ch = block, *other;
	size_t i;

	if (strcmp(ch->block.name, "control") == 0 ||
	    strcmp(ch->block.name, "streamer") == 0 ||
	    strcmp(ch->block.name, "speech") == 0)
		return conf_blame(e, &ch->block, NULL,
		    "the name is taken by another socket: control, streamer "
		    "and speech are no channels");
	if (conf_engine_find(c, ch->engine) == NULL)
		return blame_missing(e, &ch->block, "engine", ch->engine);
	if (c->ttsd.durable == KEPT_NO && conf_durable_of(c, ch) != KEPT_NO)
		return conf_blame(e, &ch->block, "durable",
		    "nothing is kept while durable in [ttsd] is no");
	for (i = 0; (other = conf_channel_at(c, i)) != ch; i++)
		if (ch->audio_socket[0] &&
		    strcmp(ch->audio_socket, other->audio_socket) == 0)
			return conf_blame(e, &ch->block, "audio_socket",
			    "[channel %s] has the same; each channel needs "
			    "a socket of its own",
			    other->block.name);
	return 0;
}

static int
check_zone(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_zone *z = block;
	const struct conf_block *b = block;
	char **name, **other;

	if (conf_channel_find(c, b->name))
		return conf_blame(e, b, NULL,
		    "the name is taken by [channel %s]; a request asks for "
		    "both in the same way",
		    b->name);
	if (conf_is_empty(b, "channels"))
		return conf_blame(
		    e, b, NULL, "needs channels, such as: hall cafe ward");
	for (name = z->channels; *name; name++) {
		if (conf_channel_find(c, *name) == NULL)
			return blame_missing(e, b, "channels", *name);
		for (other = z->channels; other < name; other++)
			if (strcmp(*other, *name) == 0)
				return conf_blame(e, b, "channels",
				    "'%s' is named twice", *name);
	}
	return 0;
}

static int
check_language(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_language *l = block;
	const struct conf_block *b = block;
	char tag[LANGUAGE_MAX + 1];

	if (!language_normalise(tag, b->name, strlen(b->name)))
		return conf_blame(
		    e, b, NULL, "expected a language tag such as de or zh-TW");
	if (conf_language_find(c, tag) != l)
		return conf_blame(
		    e, b, NULL, "there is a section for '%s' already", tag);
	if (l->engine[0] == '\0' && l->voice[0] == '\0')
		return conf_blame(e, b, NULL, "needs an engine or a voice");
	if (l->engine[0] && conf_engine_find(c, l->engine) == NULL)
		return blame_missing(e, b, "engine", l->engine);
	return 0;
}

static int
check_address(const struct conf_address *a, const struct conf_block *block,
    struct conf_error *e)
{
	int ways = (a->url[0] != '\0') + (a->url_file[0] != '\0') +
		   (a->url_command && a->url_command[0]);

	if (ways == 0)
		return conf_blame(e, block, NULL,
		    "needs a url, such as rtsp://host:8554/name");
	if (ways > 1)
		return conf_blame(e, block,
		    a->url_file[0] ? "url_file" : "url_command",
		    "only one of url, url_file and url_command can be set");
	if (a->key_file[0] && a->key_env[0])
		return conf_blame(e, block, "key_env",
		    "only one of key_env and key_file can be set");
	return 0;
}

/* What each source must have, and what means something to it alone. */
static const struct {
	const char *needs; /* NULL: nothing */
	const char *needed;
	const char *also[3];
} sources[SOURCE_COUNT] = {
	[SOURCE_BOARD] = { "layout", "a layout, such as /srv/board.svg",
	    { "fields.NAME" } },
	[SOURCE_IMAGE] = { "path", "the path of a picture" },
	[SOURCE_LOOP] = { "path", "the path of a video file", { "hwaccel" } },
	[SOURCE_URL] = { "url", "a url, such as rtsp://host:554/camera",
	    { "hwaccel", "paced" } },
};

static bool
source_takes(int64_t source, const char *key)
{
	size_t i;

	if (sources[source].needs && strcmp(sources[source].needs, key) == 0)
		return true;
	for (i = 0; sources[source].also[i]; i++)
		if (strcmp(sources[source].also[i], key) == 0)
			return true;
	return false;
}

/* Lists the sources that take `key`: "image or loop". */
static const char *
list_takers(const char *key, char *out, size_t size)
{
	size_t at = 0;
	int64_t i;

	*out = '\0';
	for (i = 0; i < SOURCE_COUNT && at < size; i++)
		if (source_takes(i, key))
			at += (size_t)snprintf(out + at, size - at, "%s%s",
			    at ? " or " : "", schema_sources[i]);
	return out;
}

static int
check_video(const struct conf *c, const void *block, struct conf_error *e)
{
	static const char *const owned[] = { "layout", "path", "url", "hwaccel",
		"paced", "fields.NAME" };
	const struct conf_video *v = block;
	const struct conf_block *b = block;
	char takers[64];
	size_t i;

	(void)c;
	for (i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
		if (conf_set_at(b, owned[i]) &&
		    !source_takes(v->source, owned[i]))
			return conf_blame(e, b, owned[i],
			    "only for source = %s",
			    list_takers(owned[i], takers, sizeof(takers)));
	if (sources[v->source].needs &&
	    conf_is_empty(b, sources[v->source].needs))
		return conf_blame(e, b, NULL, "source = %s needs %s",
		    schema_sources[v->source], sources[v->source].needed);
	return 0;
}

/* Frames keep the time of one channel's samples: all outputs that show a video
 * send the same channel. */
static int
check_picture(
    const struct conf *c, const struct conf_output *o, struct conf_error *e)
{
	static const char *const owned[] = { "encoder", "preset" };
	const struct conf_channel *mine = conf_channel_of(c, o);
	const struct conf_output *other;
	size_t i;

	for (i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
		if (o->video[0] == '\0' && conf_set_at(&o->block, owned[i]))
			return conf_blame(e, &o->block, owned[i],
			    "only with a video; it says how its picture is "
			    "encoded");
	if (o->video[0] == '\0')
		return 0;
	if (conf_video_find(c, o->video) == NULL)
		return blame_missing(e, &o->block, "video", o->video);
	for (i = 0; (other = conf_output_at(c, i)) != o; i++)
		if (strcmp(other->video, o->video) == 0 &&
		    conf_channel_of(c, other) != mine)
			return conf_blame(e, &o->block, "video",
			    "[output %s] shows it with another channel; "
			    "expected a [video] of its own for each channel",
			    other->block.name);
	return 0;
}

static int
check_output(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_output *o = block;
	const struct conf_block *b = block;

	if (check_address(&o->address, b, e) < 0)
		return ERR_INVALID;
	if (o->group[0] && !conf_name_valid(o->group))
		return conf_blame(e, b, "group",
		    "expected 1 to %d of " CONF_NAME_OF, CONF_NAME_MAX);
	if (o->channel[0] && conf_channel_find(c, o->channel) == NULL)
		return blame_missing(e, b, "channel", o->channel);
	if (o->timing.backoff_initial_ns > o->timing.backoff_max_ns)
		return blame_pair(b, "backoff_initial", "backoff_max", e);
	if (o->probe.hear && o->probe.url[0] == '\0')
		return conf_blame(e, b, "hear",
		    "only with a probe_url; it says where to listen");
	if (o->probe.backup_url[0] && o->failover.backup_url[0] == '\0')
		return conf_blame(e, b, "backup_probe_url",
		    "only with a backup_url; it says where its listeners are");
	return check_picture(c, o, e);
}

/* Nobody is asked for a password there. */
static int
check_wyoming(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_wyoming *w = block;
	struct listen_address where;
	struct network n;
	char **allow;

	for (allow = w->allow; allow && *allow; allow++)
		if (!network_parse(*allow, &n))
			return conf_blame(e, &w->block, "allow",
			    "expected addresses such as 192.168.1.10, networks "
			    "such as 192.168.1.0/24, or any");
	if (w->channel[0] && !conf_channel_find(c, w->channel))
		return blame_missing(e, &w->block, "channel", w->channel);
	if (w->listen[0] == '\0')
		return 0;
	if (!listen_address_parse(w->listen, &where))
		return conf_blame(e, &w->block, "listen",
		    "expected ADDRESS:PORT, such as 127.0.0.1:10200 (this "
		    "machine alone) or 0.0.0.0:10200, or the absolute path of "
		    "a socket");
	if (!listen_address_is_loopback(&where) &&
	    (w->allow == NULL || w->allow[0] == NULL))
		return conf_blame(e, &w->block, "listen",
		    "other machines reach it, and Wyoming has no passwords: "
		    "set allow to those that may");
	return 0;
}

static const struct {
	const char *section;
	int (*check)(
	    const struct conf *c, const void *block, struct conf_error *e);
} checks[] = {
	{ "ttsd", check_ttsd },
	{ "streamer", check_streamer },
	{ "http", check_http },
	{ "mqtt", check_mqtt },
	{ "wyoming", check_wyoming },
	{ "engine", check_engine },
	{ "channel", check_channel },
	{ "zone", check_zone },
	{ "language", check_language },
	{ "message", conf_check_message },
	{ "series", conf_check_series },
	{ "video", check_video },
	{ "output", check_output },
	{ "schedule", conf_check_schedule },
};

struct finish {
	struct conf *conf;
	struct conf_error *e;
	int rc;
};

static void
finish_block(void *arg, struct conf_block *block)
{
	struct finish *f = arg;
	size_t i;

	block->file = f->conf->file;
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]) && f->rc == 0; i++)
		if (strcmp(checks[i].section, block->section) == 0)
			f->rc = checks[i].check(f->conf, block, f->e);
}

static void
show_pictures(struct conf *c)
{
	struct conf_output *o;
	size_t i;

	for (i = 0; i < c->outputs.count; i++) {
		o = conf_output_at(c, i);
		o->picture = conf_video_find(c, o->video);
		if (o->picture && o->picture->source == SOURCE_NONE)
			o->picture = NULL;
	}
}

int
conf_finish(struct conf *c, struct conf_error *e)
{
	struct finish f = { .conf = c, .e = e };

	if (add_implied(c) < 0 || conf_set_prefixes(c) < 0)
		return conf_want_memory(e);
	conf_each_block(c, finish_block, &f);
	if (f.rc == 0)
		show_pictures(c);
	return f.rc;
}
