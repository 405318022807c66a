/* What is called at a desk: messages, and numbers of series. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/conf/conf_internal.h"
#include "common/err.h"
#include "common/utf8.h"

const struct conf_message *
conf_message_find(const struct conf *c, const char *name)
{
	return conf_find_block(c, schema_find("message"), name);
}

int
conf_check_targets(const struct conf *c, const struct conf_block *block,
    char *const *names, struct conf_error *e)
{
	for (; names && *names; names++)
		if (conf_channel_find(c, *names) == NULL &&
		    conf_zone_find(c, *names) == NULL)
			return conf_blame(e, block, "channel",
			    "there is no [channel %s], and no zone of that "
			    "name",
			    conf_show(*names).text);
	return 0;
}

int
conf_check_message(
    const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_message *m = block;

	if (m->text[0] == '\0')
		return conf_blame(e, &m->block, NULL,
		    "needs a text, such as: Ticket {ticket}, counter "
		    "{counter}.");
	return conf_check_targets(c, &m->block, m->channels, e);
}

const struct conf_series *
conf_series_find(const struct conf *c, const char *name)
{
	return conf_find_block(c, schema_find("series"), name);
}

int
conf_set_prefixes(struct conf *c)
{
	struct conf_series *s;
	char *own;
	size_t i;

	for (i = 0; i < c->series.count; i++) {
		s = conf_series_at(c, i);
		if (conf_set_at(&s->block, "prefix") || s->prefix[0])
			continue;
		own = strdup(s->block.name);
		if (own == NULL)
			return ERR_NOMEM;
		free(s->prefix);
		s->prefix = own;
	}
	return 0;
}

/* Has another series before it the same prefix, whatever its case? Nobody could
 * tell their numbers apart. */
static int
check_prefix(
    const struct conf *c, const struct conf_series *s, struct conf_error *e)
{
	const struct conf_series *other;
	size_t i;

	if (!utf8_is_line(s->prefix, CONF_SERIES_PREFIX_MAX))
		return conf_blame(e, &s->block, "prefix",
		    "expected at most %d bytes, without control characters",
		    CONF_SERIES_PREFIX_MAX);
	for (i = 0; (other = conf_series_at(c, i)) != s; i++)
		if (strcasecmp(other->prefix, s->prefix) == 0)
			return conf_blame(e, &s->block, "prefix",
			    "[series %s] has the same; each series needs one "
			    "of its own",
			    other->block.name);
	return 0;
}

static int
check_counters(const struct conf_series *s, struct conf_error *e)
{
	char **name, **other;

	for (name = s->counters; name && *name; name++) {
		if (**name == '\0' || !utf8_is_line(*name, CONF_NAME_MAX))
			return conf_blame(e, &s->block, "counters",
			    "expected names of 1 to %d bytes", CONF_NAME_MAX);
		for (other = s->counters; other < name; other++)
			if (strcmp(*other, *name) == 0)
				return conf_blame(e, &s->block, "counters",
				    "'%s' is named twice", *name);
	}
	return 0;
}

int
conf_check_series(const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_series *s = block;

	if (s->first > s->last)
		return conf_blame(e, &s->block,
		    conf_set_at(&s->block, "first") ? "first" : "last",
		    "first is more than last");
	if (conf_message_find(c, s->message) == NULL)
		return conf_blame(e, &s->block, "message",
		    "there is no [message %s]", conf_show(s->message).text);
	if (check_prefix(c, s, e) < 0 || check_counters(s, e) < 0)
		return ERR_INVALID;
	return conf_check_targets(c, &s->block, s->channels, e);
}
