/* What a configuration has without saying so, and what must fit together. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/conf/conf_internal.h"
#include "common/err.h"
#include "common/language.h"
#include "common/loopback.h"

/* Engines that need no settings are there without being named. */
static int
add_implied(struct conf *c)
{
	static const struct {
		const char *name;
		enum conf_engine_type type;
	} implied[] = { { "espeak", ENGINE_ESPEAK }, { "clip", ENGINE_CLIP },
		{ "tone", ENGINE_TONE } };
	const struct schema_section *engines = schema_find("engine");
	struct conf_engine *engine;
	size_t i;

	for (i = 0; i < sizeof(implied) / sizeof(implied[0]); i++) {
		engine = conf_find_block(c, engines, implied[i].name);
		if (engine == NULL)
			engine = conf_add_block(c, engines, implied[i].name);
		if (engine == NULL)
			return ERR_NOMEM;
		if (conf_set_at("engine", &engine->block, "type") == 0)
			engine->type = implied[i].type;
	}
	if (c->channels.count == 0 &&
	    conf_add_block(c, schema_find("channel"), "main") == NULL)
		return ERR_NOMEM;
	return 0;
}

/* What is looked at, and where complaints about it go. */
struct check {
	const char *file;
	const char *section;
	const struct conf_block *block;
	struct conf_error *e;
};

/* Complains about `key` of the block, naming the line or the option that set
 * it; without a key about the whole block. */
static int blame(const struct check *at, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int
blame(const struct check *at, const char *key, const char *fmt, ...)
{
	const struct conf_block *b = at->block;
	const char *space = b->name[0] ? " " : "", *dot = space[0] ? "." : "";
	unsigned line = key ? conf_set_at(at->section, b, key) : 0;
	struct origin from = { .file = at->file,
		.line = line ? line : b->line };
	char message[CONF_ERROR_MAX], option[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (line == CONF_BY_OPTION) {
		snprintf(option, sizeof(option), "%s%s%s.%s", at->section, dot,
		    b->name, key);
		from = (struct origin){ .option = option };
	}
	return conf_complain(at->e, &from, "[%s%s%s] %s%s%s", at->section,
	    space, b->name, key ? key : "", key ? ": " : "", message);
}

/* `less` is more than `more`: the one that was set is to blame. */
static int
blame_pair(const struct check *at, const char *less, const char *more)
{
	bool set = conf_set_at(at->section, at->block, less) != 0;

	return blame(at, set ? less : more, "%s is more than %s", less, more);
}

static int
check_metrics(const char *address, const struct check *at)
{
	struct loopback where;

	if (address[0] == '\0' || loopback_parse(address, &where))
		return 0;
	return blame(at, "metrics",
	    "expected 127.0.0.1:PORT, [::1]:PORT, localhost:PORT or the "
	    "absolute path of a socket, none of which other machines reach; "
	    "for those, put a reverse proxy with TLS and a password before it");
}

static int
check_ttsd(const struct conf_ttsd *t, const struct check *at)
{
	if (t->workers > t->workers_max)
		return blame_pair(at, "workers", "workers_max");
	return check_metrics(t->metrics, at);
}

static int
check_streamer(
    const struct conf *c, const struct conf_streamer *s, const struct check *at)
{
	if (s->metrics[0] && strcmp(s->metrics, c->ttsd.metrics) == 0)
		return blame(at, "metrics", "[ttsd] has the same");
	return check_metrics(s->metrics, at);
}

static int
check_channel(
    const struct conf *c, const struct conf_channel *ch, const struct check *at)
{
	if (strcmp(ch->block.name, "control") == 0 ||
	    strcmp(ch->block.name, "streamer") == 0)
		return blame(at, NULL, "the name is taken by a control socket");
	if (conf_engine_find(c, ch->engine) == NULL)
		return blame(
		    at, "engine", "there is no [engine %.40s]", ch->engine);
	return 0;
}

static int
check_language(
    const struct conf *c, const struct conf_language *l, const struct check *at)
{
	char tag[LANGUAGE_MAX + 1];

	if (!language_normalise(tag, l->block.name, strlen(l->block.name)))
		return blame(
		    at, NULL, "expected a language tag such as de or zh-TW");
	if (conf_language_find(c, tag) != l)
		return blame(
		    at, NULL, "there is a section for '%s' already", tag);
	if (l->engine[0] == '\0' && l->voice[0] == '\0')
		return blame(at, NULL, "needs an engine or a voice");
	if (l->engine[0] && conf_engine_find(c, l->engine) == NULL)
		return blame(
		    at, "engine", "there is no [engine %.40s]", l->engine);
	return 0;
}

static int
check_output(
    const struct conf *c, const struct conf_output *o, const struct check *at)
{
	int ways = (o->address.url[0] != '\0') +
		   (o->address.url_file[0] != '\0') +
		   (o->address.url_command && o->address.url_command[0]);

	if (ways == 0)
		return blame(
		    at, NULL, "needs a url, such as rtsp://host:8554/name");
	if (ways > 1)
		return blame(at,
		    o->address.url_file[0] ? "url_file" : "url_command",
		    "only one of url, url_file and url_command can be set");
	if (o->group[0] && !conf_name_valid(o->group))
		return blame(at, "group",
		    "expected 1 to %d of letters, digits, '_' and '-'",
		    CONF_NAME_MAX);
	if (o->channel[0] && conf_channel_find(c, o->channel) == NULL)
		return blame(
		    at, "channel", "there is no [channel %.40s]", o->channel);
	if (o->timing.backoff_initial_ns > o->timing.backoff_max_ns)
		return blame_pair(at, "backoff_initial", "backoff_max");
	return 0;
}

static int
check_engine(const struct conf *c, const struct conf_engine *engine,
    const struct check *at)
{
	bool has_command = engine->command && engine->command[0];

	if (engine->type == ENGINE_COMMAND && !has_command)
		return blame(at, NULL, "needs a command");
	if (engine->type != ENGINE_COMMAND && has_command)
		return blame(at, "command", "only for type = command");
	if (engine->type == ENGINE_HTTP && engine->url[0] == '\0')
		return blame(at, NULL, "needs a url");
	if (engine->type == ENGINE_WYOMING && engine->address[0] == '\0')
		return blame(at, NULL, "needs an address, host:port");
	if (engine->key_file[0] && engine->key_env[0])
		return blame(at, "key_env", "there is a key_file too");
	if (engine->fallback[0] && !conf_engine_find(c, engine->fallback))
		return blame(at, "fallback", "there is no [engine %.40s]",
		    engine->fallback);
	if (strcmp(engine->fallback, engine->block.name) == 0)
		return blame(at, "fallback", "an engine can't replace itself");
	return 0;
}

int
conf_finish(struct conf *c, const char *file, struct conf_error *e)
{
	struct check at = { .file = file, .e = e };
	struct origin whole = { .file = file };
	size_t i;
	int rc;

	if (add_implied(c) < 0)
		return conf_complain(e, &whole, "out of memory");
	at.section = "ttsd";
	at.block = &c->ttsd.block;
	rc = check_ttsd(&c->ttsd, &at);
	at.section = "streamer";
	at.block = &c->streamer.block;
	if (rc == 0)
		rc = check_streamer(c, &c->streamer, &at);
	at.section = "engine";
	for (i = 0; i < c->engines.count && rc == 0; i++) {
		at.block = &conf_engine_at(c, i)->block;
		rc = check_engine(c, conf_engine_at(c, i), &at);
	}
	at.section = "channel";
	for (i = 0; i < c->channels.count && rc == 0; i++) {
		at.block = &conf_channel_at(c, i)->block;
		rc = check_channel(c, conf_channel_at(c, i), &at);
	}
	at.section = "language";
	for (i = 0; i < c->languages.count && rc == 0; i++) {
		at.block = &conf_language_at(c, i)->block;
		rc = check_language(c, conf_language_at(c, i), &at);
	}
	at.section = "output";
	for (i = 0; i < c->outputs.count && rc == 0; i++) {
		at.block = &conf_output_at(c, i)->block;
		rc = check_output(c, conf_output_at(c, i), &at);
	}
	return rc;
}
