#include <string.h>

#include "common/args/nearest.h"
#include "common/err.h"
#include "ttsd/control/ttsd.h"

struct channel *
ttsd_channel(const struct ttsd *t, const char *name)
{
	size_t i;

	for (i = 0; name && i < t->channel_count; i++)
		if (strcmp(channel_name(t->channels[i]), name) == 0)
			return t->channels[i];
	return NULL;
}

struct engine *
ttsd_engine(const struct ttsd *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->engine_count; i++)
		if (strcmp(engine_name(t->engines[i]), name) == 0)
			return t->engines[i];
	return NULL;
}

const char *
ttsd_ask_channel(const struct ttsd *t, const char *name, char out[TTSD_ASK_MAX])
{
	struct nearest n;
	size_t i;

	nearest_begin(&n, name);
	for (i = 0; i < t->channel_count; i++)
		nearest_offer(&n, channel_name(t->channels[i]));
	for (i = 0; i < t->conf.zones.count; i++)
		nearest_offer(&n, conf_zone_at(&t->conf, i)->block.name);
	nearest_ask(&n, "", out, TTSD_ASK_MAX);
	return out;
}

void
ttsd_blame_section(const struct ttsd *t, const char *section, const char *name,
    const char *lister, struct reply *r)
{
	const struct conf_block *block;
	char ask[TTSD_ASK_MAX];
	struct nearest n;
	size_t i;

	nearest_begin(&n, name);
	for (i = 0; (block = conf_block_at(&t->conf, section, i)) != NULL; i++)
		nearest_offer(&n, block->name);
	nearest_ask(&n, "", ask, sizeof(ask));
	reply_error(r, PROTO_NOT_FOUND,
	    "there is no [%s %.40s] in the configuration%s; '%s' lists them",
	    section, name, ask, lister);
}

struct channel *
ttsd_find_channel(const struct ttsd *t, const json_t *body, struct reply *r)
{
	const char *name = body_string(body, "channel");
	struct channel *ch = name ? ttsd_channel(t, name) : t->channels[0];
	char ask[TTSD_ASK_MAX];

	if (ch == NULL)
		reply_error(r, PROTO_UNKNOWN_CHANNEL,
		    "there is no channel '%.40s'%s; 'channels' lists them",
		    name, ttsd_ask_channel(t, name, ask));
	return ch;
}

struct channel *
ttsd_pick_channel(struct ttsd *t, const json_t *body, struct reply *r)
{
	struct channel *ch = ttsd_find_channel(t, body, r);

	if (ch)
		channel_wake(ch);
	return ch;
}

enum verdict
ttsd_check_voice(struct engine *e, const char *what, const char *voice,
    const char *language, struct reply *r)
{
	engine_start(e);
	switch (engine_voice(e, voice, language)) {
	case VOICE_KNOWN:
		break;
	case VOICE_NOT_YET:
		return OP_LATER;
	case VOICE_UNKNOWN:
		reply_error(r, PROTO_UNKNOWN_VOICE,
		    "engine '%s' has no %s '%.60s'; 'voices' lists them",
		    engine_name(e), what, voice ? voice : language);
		break;
	}
	return OP_DONE;
}

bool
ttsd_is_language(const char *language)
{
	return language && language[0] && strcmp(language, "auto") != 0;
}

int
ttsd_copy_string(const char *s, char **out)
{
	*out = s && s[0] ? strdup(s) : NULL;
	return s && s[0] && *out == NULL ? ERR_NOMEM : 0;
}
