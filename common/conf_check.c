/* What a configuration has without saying so, and what must fit together. */
#include <string.h>

#include "common/conf_internal.h"
#include "common/err.h"

/* Engines that need no settings are there without being named. */
static int
add_implied(struct conf *c)
{
	static const struct {
		const char *name;
		enum conf_engine_type type;
	} implied[] = { { "espeak", ENGINE_ESPEAK }, { "tone", ENGINE_TONE } };
	const struct schema_section *engines = schema_find("engine");
	struct conf_engine *engine;
	size_t i;

	for (i = 0; i < sizeof(implied) / sizeof(implied[0]); i++) {
		engine = conf_find_block(c, engines, implied[i].name);
		if (engine == NULL)
			engine = conf_add_block(c, engines, implied[i].name);
		if (engine == NULL)
			return ERR_NOMEM;
		/* `type` is the first key of the section. */
		if (engine->block.set_at[0] == 0)
			engine->type = implied[i].type;
	}
	if (c->channels.count == 0 &&
	    conf_add_block(c, schema_find("channel"), "main") == NULL)
		return ERR_NOMEM;
	return 0;
}

static int
check_channels(struct conf *c, struct origin *at, struct conf_error *e)
{
	const struct conf_channel *ch;
	size_t i;

	for (i = 0; i < c->channels.count; i++) {
		ch = conf_channel_at(c, i);
		at->line = ch->block.line;
		if (strcmp(ch->block.name, "control") == 0 ||
		    strcmp(ch->block.name, "streamer") == 0)
			return conf_complain(e, at,
			    "[channel %s]: the name is "
			    "taken by a control socket",
			    ch->block.name);
		if (conf_engine_find(c, ch->engine) == NULL)
			return conf_complain(e, at,
			    "[channel %s] engine: there is "
			    "no [engine %.40s]",
			    ch->block.name, ch->engine);
	}
	return 0;
}

static int
check_outputs(struct conf *c, struct origin *at, struct conf_error *e)
{
	const struct conf_output *o;
	size_t i;

	for (i = 0; i < c->outputs.count; i++) {
		o = conf_output_at(c, i);
		at->line = o->block.line;
		if (o->url[0] == '\0')
			return conf_complain(e, at,
			    "[output %s] needs a url, such "
			    "as rtsp://host:8554/name",
			    o->block.name);
		if (o->channel[0] && !conf_channel_find(c, o->channel))
			return conf_complain(e, at,
			    "[output %s] channel: there is "
			    "no [channel %.40s]",
			    o->block.name, o->channel);
		if (o->backoff_initial_ns > o->backoff_max_ns)
			return conf_complain(e, at,
			    "[output %s] backoff_initial "
			    "is longer than backoff_max",
			    o->block.name);
	}
	return 0;
}

static int
check_engines(struct conf *c, struct origin *at, struct conf_error *e)
{
	const struct conf_engine *engine;
	bool has_command;
	size_t i;

	for (i = 0; i < c->engines.count; i++) {
		engine = conf_engine_at(c, i);
		at->line = engine->block.line;
		has_command = engine->command && engine->command[0];
		if (engine->type == ENGINE_COMMAND && !has_command)
			return conf_complain(e, at,
			    "[engine %s] needs a command", engine->block.name);
		if (engine->type != ENGINE_COMMAND && has_command)
			return conf_complain(e, at,
			    "[engine %s] command: only for "
			    "type = command",
			    engine->block.name);
	}
	return 0;
}

int
conf_finish(struct conf *c, const char *file, struct conf_error *e)
{
	struct origin at = { .file = file };
	int rc = add_implied(c);

	if (rc < 0)
		return conf_complain(e, &at, "out of memory");
	if (c->ttsd.workers > c->ttsd.workers_max)
		return conf_complain(
		    e, &at, "[ttsd] workers is more than workers_max");
	rc = check_engines(c, &at, e);
	if (rc == 0)
		rc = check_channels(c, &at, e);
	if (rc == 0)
		rc = check_outputs(c, &at, e);
	return rc;
}
