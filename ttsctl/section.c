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

/* What a request has for itself is no key of a section. */
static enum status
put_name(struct call *call)
{
	static const char *const own[] = { "op", "tag", "only", "name" };
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (json_object_get(call->request, own[i]))
			return complain_usage(
			    call, "there is no key '%s'", own[i]);
	json_object_set_new(call->request, "name", json_string(call->words[0]));
	return STATUS_DONE;
}

enum status
prepare_add(struct call *call)
{
	bool has_url = !is_output_setting(call->words[1]);
	enum status status;

	if (has_url)
		json_object_set_new(
		    call->request, "url", json_string(call->words[1]));
	status =
	    settings_put(call, call->request, has_url ? 2 : 1, output_value);
	return status == STATUS_DONE ? put_name(call) : status;
}

/* Words as `schedules` prints them, and names of channels as other commands
 * take them, NAME,NAME...: a list. */
static json_t *
schedule_value(const char *name, const char *text)
{
	const struct schema_key *key =
	    schema_find_key(schema_find("schedule"), name);
	json_t *list;
	size_t n;

	if (key == NULL || key->type != SCHEMA_WORDS)
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
	enum status status =
	    settings_put(call, call->request, 1, schedule_value);

	return status == STATUS_DONE ? put_name(call) : status;
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
		printf("on no day of the next two years");
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
		{ .title = "FROM",
		    .field = "from",
		    .optional = true,
		    .leaves = 3 },
		{ .title = "TO", .field = "to", .optional = true, .leaves = 3 },
		{ .title = "DAYS",
		    .field = "days",
		    .optional = true,
		    .leaves = 4 },
		{ .title = "NOT ON",
		    .field = "except",
		    .optional = true,
		    .leaves = 4 },
		{ .title = "ONLY ON",
		    .field = "dates",
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
	    "nothing was set to be said again and again; what the file says, "
	    "[schedule NAME], ttsd-gateway tells (GET /v1/schedule)");
}
