#include "ttsd/control/leaving.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/conf/conf_told.h"
#include "common/err.h"

/* Adds a setting of a channel as the program before told it. */
static int
copy_setting(
    struct conf *to, const char *name, const char *key, const json_t *value)
{
	char setting[PLATFORM_PATH_MAX + 100];
	struct conf_error e;

	if (json_is_string(value))
		snprintf(setting, sizeof(setting), "channel.%s.%s=%s", name,
		    key, json_string_value(value));
	else
		snprintf(setting, sizeof(setting),
		    "channel.%s.%s=%" JSON_INTEGER_FORMAT, name, key,
		    json_integer_value(value));
	return conf_set(to, setting, &e);
}

/* What such a channel needs to be made again, and to close its socket; any
 * engine will do. */
static int
copy_channel(struct ttsd *t, const char *name, const json_t *told)
{
	static const char *const keys[] = { "rate", "channels", "frame_ms",
		"audio_socket", NULL };
	const char *const *key = keys;
	json_t *engine = json_string(conf_engine_at(&t->conf, 0)->block.name);
	int rc =
	    engine ? copy_setting(&t->left, name, "engine", engine) : ERR_NOMEM;

	for (; *key && rc == 0; key++)
		rc = copy_setting(
		    &t->left, name, *key, json_object_get(told, *key));
	json_decref(engine);
	return rc;
}

int
leaving_find(struct ttsd *t, const struct parcel *p, char *why, size_t size)
{
	const json_t *all = json_object_get(p->document, "channels"), *told;
	const json_t *was = json_object_get(p->document, "conf");
	const char *name;
	json_t *word;
	int rc = conf_init(&t->left);

	json_object_foreach((json_t *)all, name, word)
	{
		if (rc < 0 || conf_channel_find(&t->conf, name))
			continue;
		told = conf_told_of(was, "channel", name);
		if (told)
			rc = copy_channel(t, name, told);
		else
			rc = ERR_INVALID;
		if (rc == ERR_INVALID)
			snprintf(why, size,
			    "channel '%.40s' is on air, and not in the "
			    "configuration any more; restart ttsd to end it",
			    name);
	}
	return rc;
}

void
leaving_end(struct channel *ch)
{
	playout_end(&ch->playout, "its channel is not in the configuration "
				  "any more");
	channel_dismiss(ch);
}

static void
leave(struct ttsd *t, struct channel *ch)
{
	log_info("channel=%s has left: it is not in the configuration any "
		 "more",
	    channel_name(ch));
	channel_free(ch);
	t->channel_count--;
}

/* They are the last ones. */
void
leaving_go(struct ttsd *t)
{
	size_t i;

	for (i = t->channel_count; i > 0 && t->channels[i - 1]->leaving; i--) {
		leaving_end(t->channels[i - 1]);
		if (t->remainder == NULL)
			leave(t, t->channels[i - 1]);
	}
}
