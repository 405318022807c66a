/* What is called at a desk: messages. */
#include "common/conf/conf_internal.h"

const struct conf_message *
conf_message_find(const struct conf *c, const char *name)
{
	return conf_find_block(c, schema_find("message"), name);
}

/* Is each of the names that of a channel or a zone? */
static int
check_targets(const struct conf *c, const struct conf_block *block,
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
	return check_targets(c, &m->block, m->channels, e);
}
