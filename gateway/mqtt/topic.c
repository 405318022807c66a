#include "gateway/mqtt/topic.h"

#include <stdio.h>
#include <string.h>

#define ROOT "ttsd/"

const struct topic_op_row topic_ops[TOPIC_OPS] = {
	[TOPIC_SAY] = { "say", RIGHT_SAY, "text" },
	[TOPIC_CANCEL] = { "cancel", RIGHT_SAY, "id" },
	[TOPIC_SKIP] = { "skip", RIGHT_CONTROL, NULL },
	[TOPIC_CLEAR] = { "clear", RIGHT_CONTROL, NULL },
	[TOPIC_PAUSE] = { "pause", RIGHT_CONTROL, NULL },
	[TOPIC_RESUME] = { "resume", RIGHT_CONTROL, NULL },
};

void
topic_word(const char *name, char out[CONF_TOPIC_WORD_MAX + 1])
{
	size_t i;

	for (i = 0; i < CONF_TOPIC_WORD_MAX && name[i]; i++)
		out[i] = strchr(CONF_TOPIC_WORD, name[i]) ? name[i] : '-';
	out[i] = '\0';
	if (i == 0 || strcmp(out, "group") == 0)
		snprintf(out, CONF_TOPIC_WORD_MAX + 1, "site");
}

void
topic_write(char out[TOPIC_MAX], const char *site, const char *leaf)
{
	snprintf(out, TOPIC_MAX, ROOT "%s/%s", site, leaf);
}

void
topic_write_group(char out[TOPIC_MAX], const char *group, const char *leaf)
{
	snprintf(out, TOPIC_MAX, ROOT "group/%s/%s", group, leaf);
}

static bool
is_own(
    const char *topic, const char *leaf, const char *site, char *const *groups)
{
	char own[TOPIC_MAX];

	topic_write(own, site, leaf);
	if (strcmp(topic, own) == 0)
		return true;
	for (; groups && *groups; groups++) {
		topic_write_group(own, *groups, leaf);
		if (strcmp(topic, own) == 0)
			return true;
	}
	return false;
}

enum topic_op
topic_read(const char *topic, const char *site, char *const *groups)
{
	int op = 0;

	while (
	    op < TOPIC_OPS && !is_own(topic, topic_ops[op].name, site, groups))
		op++;
	return (enum topic_op)op;
}

bool
topic_may_answer(const char *topic)
{
	return topic[0] != '\0' && topic[0] != '$' &&
	       strncmp(topic, ROOT, sizeof(ROOT) - 1) != 0 &&
	       topic[strcspn(topic, "+#")] == '\0';
}
