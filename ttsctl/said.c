/* The answer to `say`. */
#include <stdio.h>

#include "ttsctl/show.h"
#include "ttsctl/table.h"

/* What the answer tells as the field `one`; or, of one of several channels,
 * within `each`. */
static json_t *
told_of(
    const json_t *reply, const char *one, const char *each, const char *channel)
{
	return channel ? json_object_get(json_object_get(reply, each), channel)
		       : json_object_get(reply, one);
}

/* Prints one announcement's part of the answer; `channel` NULL: it is all. */
static void
show_one(const json_t *reply, const char *channel, const json_t *id)
{
	json_int_t before = json_integer_value(
	    told_of(reply, "position", "positions", channel));

	printf("announcement %" JSON_INTEGER_FORMAT, json_integer_value(id));
	if (told_of(reply, "outcome", "outcomes", channel))
		printf(", a duplicate: this key was spoken before");
	else if (told_of(reply, "duplicate", "duplicates", channel))
		printf(", a duplicate: this key was asked for before");
	if (before > 0)
		printf(", %" JSON_INTEGER_FORMAT " before it", before);
	if (json_is_true(told_of(reply, "held", "held", channel)))
		printf(", held: the channel is paused (ttsctl resume)");
	putchar('\n');
}

static void
show_id(const json_t *id)
{
	printf("%" JSON_INTEGER_FORMAT "\n", json_integer_value(id));
}

void
show_said(const struct call *call, const json_t *reply)
{
	const json_t *id = json_object_get(reply, "id");
	bool quiet = call_flag(call, "quiet");
	char why[CELL_MAX];
	const char *channel;
	json_t *one;

	if (id && quiet)
		show_id(id);
	else if (id)
		show_one(reply, NULL, id);
	json_object_foreach(json_object_get(reply, "ids"), channel, one)
	{
		if (quiet) {
			show_id(one);
			continue;
		}
		printf("%s: ", channel);
		show_one(reply, channel, one);
	}
	/* Without a reason it was chosen so. */
	if (json_object_get(reply, "reason"))
		complain("it is not kept over a restart of ttsd: %s",
		    cell(why, reply, "reason", NULL));
}
