#include "ttsctl/section.h"

#include <stdio.h>
#include <string.h>

#include "common/conf/schema.h"
#include "common/text/rfc3339.h"
#include "ttsctl/option.h"
#include "ttsctl/table.h"

/* ---- what is asked ------------------------------------------------------ */

/* The value of a key as JSON. The daemon says which keys there are, and what is
 * wrong with a value that makes no sense. */
static json_t *
value_of(const char *section, const char *name, const char *text)
{
	const struct schema_key *key =
	    schema_find_key(schema_find(section), name);

	if (key && (key->type == SCHEMA_INTEGER ||
		       key->type == SCHEMA_INTEGER_OR_WORD))
		return number_value(text);
	if (key && key->type == SCHEMA_BOOLEAN && strcmp(text, "yes") == 0)
		return json_true();
	if (key && key->type == SCHEMA_BOOLEAN && strcmp(text, "no") == 0)
		return json_false();
	return json_string(text);
}

static json_t *
output_value(const char *name, const char *text)
{
	return value_of("output", name, text);
}

/* Is it KEY=VALUE with a key that outputs have? A URL is none, whatever it has
 * in its query. */
static bool
is_output_setting(const char *word)
{
	size_t n = strcspn(word, "=");
	char name[40];

	if (word[n] == '\0' || n >= sizeof(name))
		return false;
	memcpy(name, word, n);
	name[n] = '\0';
	return schema_find_key(schema_find("output"), name) != NULL;
}

enum status
prepare_add(struct call *call)
{
	bool has_url = !is_output_setting(call->words[1]);

	json_object_set_new(call->request, "name", json_string(call->words[0]));
	if (has_url)
		json_object_set_new(
		    call->request, "url", json_string(call->words[1]));
	return settings_put(call, call->request, has_url ? 2 : 1, output_value);
}

/* Names of channels as other commands take them, NAME,NAME...: a list. */
static json_t *
schedule_value(const char *name, const char *text)
{
	json_t *list;
	size_t n;

	if (strcmp(name, "channel") != 0)
		return value_of("schedule", name, text);
	list = json_array();
	for (; *text; text += n + (text[n] != '\0')) {
		n = strcspn(text, ", ");
		if (n > 0)
			json_array_append_new(list, json_stringn(text, n));
	}
	return list;
}

enum status
prepare_set_schedule(struct call *call)
{
	json_object_set_new(call->request, "name", json_string(call->words[0]));
	return settings_put(call, call->request, 1, schedule_value);
}

/* ---- what is answered --------------------------------------------------- */

/* RFC 3339, to local time. */
static void
cell_moment(const json_t *value, char *out, size_t size)
{
	int64_t ms;

	if (rfc3339_parse(json_string_value(value), &ms))
		time_text(out, size, "%a %Y-%m-%d %H:%M:%S", ms);
	else
		snprintf(out, size, "?");
}

void
show_set_schedule(const struct call *call, const json_t *reply)
{
	char text[CELL_MAX];

	printf("%s: ", call->words[0]);
	if (json_object_get(reply, "next"))
		printf("next on %s", cell(text, reply, "next", cell_moment));
	else
		printf("never, for its days are over");
	if (json_is_false(json_object_get(reply, "durable")))
		printf(" (not kept over a restart: %s)",
		    cell(text, reply, "reason", NULL));
	putchar('\n');
}

void
show_schedules(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "NAME", .field = "name" },
		{ .title = "NEXT", .field = "next", .format = cell_moment },
		{ .title = "AT", .field = "at", .optional = true, .leaves = 2 },
		{ .title = "EVERY",
		    .field = "every",
		    .optional = true,
		    .leaves = 3 },
		{ .title = "DAYS",
		    .field = "days",
		    .optional = true,
		    .leaves = 4 },
		{ .title = "CHANNEL",
		    .field = "channel",
		    .optional = true,
		    .leaves = 5 },
		{ .title = "BY", .field = "by", .optional = true, .leaves = 1 },
		{ .title = "CLIP", .field = "clip", .optional = true },
		{ .title = "TEXT", .field = "text", .optional = true },
		{ NULL },
	};

	(void)call;
	table_print(columns, json_object_get(reply, "schedules"),
	    "nothing was set to be said again and again; what the "
	    "configuration says, [schedule NAME], is beside it");
}
