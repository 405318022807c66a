#include "common/conf/conf_told.h"

#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/conf/conf_internal.h"

/* "channel hall" */
struct full_name {
	char text[2 * CONF_NAME_MAX];
};

static struct full_name
name_of(const char *section, const char *name)
{
	struct full_name full;

	snprintf(full.text, sizeof(full.text), "%s%s%s", section,
	    name[0] ? " " : "", name);
	return full;
}

static json_t *
tell_words(char *const *words)
{
	json_t *list = json_array();

	for (; words && *words; words++)
		body_append(&list, json_string(*words));
	return list;
}

static json_t *
tell_value(const struct schema_key *key, const void *block)
{
	const void *value = (const char *)block + key->offset;
	const struct conf_size *size = value;

	switch (conf_storage(key)) {
	case STORED_TEXT:
		return json_string(*(char *const *)value);
	case STORED_WORDS:
		return tell_words(*(char **const *)value);
	case STORED_SIZE:
		return json_pack("[i, i]", (int)size->width, (int)size->height);
	case STORED_NUMBER:
		break;
	}
	return json_integer(*(const int64_t *)value);
}

static void
tell_section(json_t **told, const struct conf_block *block, bool whole)
{
	const struct schema_key *key = schema_find(block->section)->keys;
	json_t *o = json_object();

	for (; whole && key->name; key++)
		body_put(&o, key->name, tell_value(key, block));
	body_put(told, name_of(block->section, block->name).text, o);
}

static void
tell_block(void *arg, struct conf_block *block)
{
	enum schema_use use = schema_find(block->section)->of_ttsd;

	if (use != OF_OTHERS)
		tell_section(arg, block, use == OF_TTSD);
}

struct telling_some {
	json_t *told;
	const char *const *sections;
};

static void
tell_some(void *arg, struct conf_block *block)
{
	struct telling_some *t = arg;
	const char *const *one = t->sections;

	while (*one && strcmp(*one, block->section) != 0)
		one++;
	if (*one)
		tell_section(&t->told, block, true);
}

json_t *
conf_tell(const struct conf *c)
{
	json_t *told = json_object();

	conf_each_block((struct conf *)c, tell_block, &told);
	return told;
}

json_t *
conf_tell_sections(const struct conf *c, const char *const *sections)
{
	struct telling_some t = { json_object(), sections };

	conf_each_block((struct conf *)c, tell_some, &t);
	return t.told;
}

const json_t *
conf_told_of(const json_t *told, const char *section, const char *name)
{
	return json_object_get(told, name_of(section, name).text);
}

/* ---- what is different ------------------------------------------------ */

static void
note(json_t **list, const char *name)
{
	char shown[2 * CONF_NAME_MAX + 2];

	snprintf(shown, sizeof(shown), "[%s]", name);
	body_append(list, json_string(shown));
}

/* Those of `some` that `others` lack. */
static json_t *
find_lacking(const json_t *some, const json_t *others)
{
	json_t *list = json_array(), *value;
	const char *name;

	json_object_foreach((json_t *)some, name, value)
	{
		if (json_object_get(others, name) == NULL)
			note(&list, name);
	}
	return list;
}

static json_t *
find_changed(const json_t *was, const json_t *now)
{
	json_t *list = json_array(), *value;
	const json_t *before;
	const char *name;

	json_object_foreach((json_t *)now, name, value)
	{
		before = json_object_get(was, name);
		if (before && !json_equal(before, value))
			note(&list, name);
	}
	return list;
}

json_t *
conf_told_news(const json_t *was, const json_t *now)
{
	json_t *news = json_object();

	if (was == NULL)
		was = now;
	body_put(&news, "added", find_lacking(now, was));
	body_put(&news, "removed", find_lacking(was, now));
	body_put(&news, "changed", find_changed(was, now));
	return news;
}

bool
conf_told_differs(const json_t *was, const json_t *now, const char *section,
    const char *name, const char *const *keys)
{
	was = conf_told_of(was, section, name);
	now = conf_told_of(now, section, name);
	for (; was && now && *keys; keys++)
		if (!json_equal(json_object_get(was, *keys),
			json_object_get(now, *keys)))
			return true;
	return false;
}
