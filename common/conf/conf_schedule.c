/* What is said again and again: when, and what must fit together. */
#include <stdlib.h>
#include <string.h>

#include "common/conf/conf_internal.h"
#include "common/err.h"

bool
conf_schedule_calendar(const struct conf_schedule *s, struct calendar *out,
    const char **key, const char **expected)
{
	const struct calendar_text text = { .at = s->at,
		.every_ns = s->every_ns,
		.from = s->from,
		.to = s->to,
		.days = s->days,
		.except = s->except,
		.dates = s->dates };

	return calendar_parse(&text, out, key, expected);
}

const struct conf_schedule *
conf_schedule_find(const struct conf *c, const char *name)
{
	return conf_find_block(c, schema_find("schedule"), name);
}

/* All but on which channels, which others may have. */
static int
check_itself(const struct conf_schedule *s, struct conf_error *e)
{
	const char *key, *expected;
	struct calendar calendar;

	if (!conf_schedule_calendar(s, &calendar, &key, &expected))
		return conf_blame(e, &s->block, key, "expected %s", expected);
	if (s->text[0] == '\0' && s->clip[0] == '\0')
		return conf_blame(e, &s->block, NULL,
		    "expected `text` or `clip`: what is to be said");
	return 0;
}

int
conf_check_schedule(
    const struct conf *c, const void *block, struct conf_error *e)
{
	const struct conf_schedule *s = block;
	int rc = check_itself(s, e);

	return rc < 0 ? rc : conf_check_targets(c, &s->block, s->channels, e);
}

int
conf_read_schedule(struct conf *c, const char *name, char *const *settings,
    struct conf_error *e)
{
	int rc = conf_init(c);

	if (rc < 0 || !conf_add_block(c, schema_find("schedule"), name))
		return conf_want_memory(e);
	for (; *settings && rc == 0; settings++)
		rc = conf_set(c, *settings, e);
	return rc < 0 ? rc : check_itself(conf_schedule_at(c, 0), e);
}
