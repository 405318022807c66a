#include "ttsctl/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ttsctl/client.h"
#include "ttsctl/table.h"

/* A table of its own, if there is anything in it; takes over `rows`. */
static void
show_rows(const struct column *columns, json_t *rows)
{
	if (json_array_size(rows) > 0) {
		putchar('\n');
		table_print(columns, rows, "");
	}
	json_decref(rows);
}

static void
show_subscribers(const json_t *channels)
{
	static const struct column columns[] = {
		{ .title = "CHANNEL", .field = "channel" },
		{ .title = "SUBSCRIBER PID", .field = "pid" },
		{ .title = "LAG", .field = "lag_ms", .format = cell_duration },
		{ .title = "SKIPS", .field = "skips" },
		{ .title = "FIRST SAMPLE", .field = "first_sample" },
		{ NULL },
	};
	json_t *rows = json_array(), *row;
	const json_t *channel, *subscriber;
	size_t i, j;

	json_array_foreach(channels, i, channel)
	{
		const json_t *list = json_object_get(channel, "subscribers");

		json_array_foreach(list, j, subscriber)
		{
			row = json_deep_copy(subscriber);
			json_object_set(
			    row, "channel", json_object_get(channel, "name"));
			json_array_append_new(rows, row);
		}
	}
	show_rows(columns, rows);
}

/* How the channels speak, and what of it `set` has changed. */
static void
show_speaking(const json_t *channels)
{
	static const struct column columns[] = {
		{ .title = "CHANNEL", .field = "channel" },
		{ .title = "VOICE", .field = "voice" },
		{ .title = "LANGUAGE", .field = "language" },
		{ .title = "SPEECH RATE", .field = "rate" },
		{ .title = "PITCH", .field = "pitch" },
		{ .title = "VOLUME", .field = "volume" },
		{ .title = "BED", .field = "bed" },
		{ .title = "BED VOLUME", .field = "bed_volume" },
		{ .title = "SET", .field = "set", .optional = true },
		{ NULL },
	};
	json_t *rows = json_array(), *row;
	const json_t *channel, *set;
	size_t i;

	json_array_foreach(channels, i, channel)
	{
		row = json_deep_copy(json_object_get(channel, "speaks"));
		if (row == NULL)
			continue;
		set = json_object_get(channel, "set");
		json_object_set(
		    row, "channel", json_object_get(channel, "name"));
		if (json_array_size(set) > 0)
			json_object_set(row, "set", (json_t *)set);
		json_array_append_new(rows, row);
	}
	show_rows(columns, rows);
}

static void
show_ledger(const json_t *ledger)
{
	char why[CELL_MAX];

	if (!json_is_object(ledger))
		return;
	if (json_is_true(json_object_get(ledger, "keeps")))
		puts("\nledger: keeps what is accepted");
	else
		printf("\nledger: keeps nothing: %s\n",
		    cell(why, ledger, "why", NULL));
}

void
show_status(const struct call *call, const json_t *reply)
{
	static const struct column channels[] = {
		{ .title = "CHANNEL", .field = "name" },
		{ .title = "STATE", .field = "state" },
		{ .title = "ENGINE", .field = "engine" },
		{ .title = "VOICE", .field = "voice" },
		{ .title = "RATE", .field = "rate" },
		{ .title = "SAMPLE", .field = "sample" },
		{ .title = "QUEUE", .field = "queue" },
		{ .title = "SUBSCRIBERS",
		    .field = "subscribers",
		    .format = cell_count },
		{ .title = "COUNTED",
		    .field = "counters",
		    .format = cell_counted },
		{ NULL },
	};
	static const struct column workers[] = {
		{ .title = "WORKER OF", .field = "engine" },
		{ .title = "STATE", .field = "state" },
		{ .title = "PID", .field = "pid" },
		{ .title = "JOBS", .field = "jobs" },
		{ .title = "RESTARTS", .field = "restarts" },
		{ NULL },
	};
	char version[CELL_MAX], up[CELL_MAX];

	(void)call;
	printf("ttsd %s, up %s\n\n", cell(version, reply, "version", NULL),
	    cell(up, reply, "uptime_ms", cell_duration));
	table_print(
	    channels, json_object_get(reply, "channels"), "no channels");
	show_speaking(json_object_get(reply, "channels"));
	show_subscribers(json_object_get(reply, "channels"));
	putchar('\n');
	table_print(workers, json_object_get(reply, "workers"), "no workers");
	show_ledger(json_object_get(reply, "ledger"));
}

/* What not each announcement has, and what a narrow terminal has no room for;
 * `order`: 1 leaves first. */
#define QUEUE_COLUMN(name, key, how, order)                                   \
	{                                                                     \
		.title = name, .field = key, .format = how, .optional = true, \
		.leaves = order                                               \
	}

void
show_queue(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "ID", .field = "id" },
		{ .title = "STATE", .field = "state" },
		{ .title = "PRIORITY", .field = "priority" },
		QUEUE_COLUMN("ASKED", "accepted_ms", cell_date, 5),
		QUEUE_COLUMN("BY", "by", NULL, 6),
		QUEUE_COLUMN("MESSAGE", "message", NULL, 7),
		QUEUE_COLUMN("KEY", "key", NULL, 8),
		QUEUE_COLUMN("DUE IN", "due_ms", cell_duration, 9),
		QUEUE_COLUMN("EXPIRES IN", "expires_ms", cell_duration, 10),
		QUEUE_COLUMN("REPEAT", "repeat", NULL, 11),
		QUEUE_COLUMN("ENGINES", "engines", NULL, 2),
		QUEUE_COLUMN("VOICES", "voices", NULL, 4),
		QUEUE_COLUMN("LANGUAGES", "languages", NULL, 3),
		{ .title = "CHARACTERS", .field = "characters", .leaves = 12 },
		QUEUE_COLUMN("SHOWS", "show", cell_fields, 1),
		{ .title = "TEXT", .field = "text" },
		{ NULL },
	};

	const char *channel;
	json_t *items;

	(void)call;
	if (json_object_get(reply, "items"))
		table_print(columns, json_object_get(reply, "items"),
		    "the queue is empty");
	json_object_foreach(json_object_get(reply, "queues"), channel, items)
	{
		printf("%s:\n", channel);
		table_print(columns, items, "the queue is empty");
	}
}

void
show_cancelled(const struct call *call, const json_t *reply)
{
	const json_t *ids = json_object_get(call->request, "ids");
	char text[CELL_MAX], id[CELL_MAX];

	if (ids)
		printf("cancelled: %s of %zu\n",
		    cell(text, reply, "cancelled", NULL), json_array_size(ids));
	else
		printf("announcement %s: %s\n",
		    cell(id, call->request, "id", NULL),
		    cell(text, reply, "outcome", NULL));
}

void
show_skipped(const struct call *call, const json_t *reply)
{
	const json_t *one = json_object_get(reply, "id");
	json_t *ids = json_object_get(reply, "ids"), *id;
	const char *channel;

	(void)call;
	if (one)
		printf("announcement %" JSON_INTEGER_FORMAT ": skipped\n",
		    json_integer_value(one));
	json_object_foreach(ids, channel, id)
	{
		printf("%s: announcement %" JSON_INTEGER_FORMAT ": skipped\n",
		    channel, json_integer_value(id));
	}
	if (one == NULL && json_object_size(ids) == 0)
		puts("nothing was on air");
}

/* What was taken off the air, what waits, and how it goes on. */
void
show_stopped(const struct call *call, const json_t *reply)
{
	const json_t *ids = json_object_get(reply, "ids"), *id;
	const char *channel;
	json_t *waiting;

	(void)call;
	json_object_foreach(json_object_get(reply, "waiting"), channel, waiting)
	{
		id = json_object_get(ids, channel);
		printf("%s: stopped", channel);
		if (id)
			printf(", announcement %" JSON_INTEGER_FORMAT
			       " was cancelled",
			    json_integer_value(id));
		if (json_integer_value(waiting) > 0)
			printf(", %" JSON_INTEGER_FORMAT " wait",
			    json_integer_value(waiting));
		putchar('\n');
	}
	puts("to go on: ttsctl resume --all");
}

void
show_cleared(const struct call *call, const json_t *reply)
{
	char count[CELL_MAX];

	(void)call;
	printf("taken out of the queue: %s\n",
	    cell(count, reply, "cleared", NULL));
}

void
show_done(const struct call *call, const json_t *reply)
{
	(void)call;
	(void)reply;
	puts("done");
}

/* Writes a line of names, or none where there are none. */
static void
show_names(const char *title, const json_t *names)
{
	size_t i;

	if (json_array_size(names) == 0)
		return;
	printf("%s:", title);
	for (i = 0; i < json_array_size(names); i++)
		printf(" %s", json_string_value(json_array_get(names, i)));
	putchar('\n');
}

void
show_reloaded(const struct call *call, const json_t *reply)
{
	const char *note = json_string_value(json_object_get(reply, "note"));

	printf("%s has reloaded\n", daemon_name(call));
	show_names("  added", json_object_get(reply, "added"));
	show_names("  removed", json_object_get(reply, "removed"));
	show_names("  changed", json_object_get(reply, "changed"));
	if (note)
		printf("  %s\n", note);
}

void
show_upgraded(const struct call *call, const json_t *reply)
{
	char from[CELL_MAX], version[CELL_MAX];

	printf("%s has been upgraded from %s to %s\n", daemon_name(call),
	    cell(from, reply, "from", NULL),
	    cell(version, reply, "version", NULL));
}

static void
show_fields(const char *prefix, const json_t *fields)
{
	const char *name;
	json_t *text;

	json_object_foreach((json_t *)fields, name, text)
	{
		printf("%s%s=%s\n", prefix, name, json_string_value(text));
	}
}

void
show_board(const struct call *call, const json_t *reply)
{
	const json_t *fields = json_object_get(reply, "fields"), *shown;
	char prefix[32];
	size_t i;

	if (json_object_get(call->request, "show")) {
		puts("done");
		return;
	}
	if (json_object_size(fields) == 0)
		puts(
		    "it was told nothing; it shows its configuration's fields");
	show_fields("", fields);
	json_array_foreach(json_object_get(reply, "calls"), i, shown)
	{
		snprintf(prefix, sizeof(prefix), "call.%zu.", i + 1);
		show_fields(prefix, shown);
	}
}

void
show_voices(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "VOICE", .field = "id" },
		{ .title = "LANGUAGES", .field = "languages" },
		{ .title = "GENDER", .field = "gender" },
		{ .title = "ENGINE", .field = "engine" },
		{ .title = "NAME", .field = "name" },
		{ NULL },
	};

	(void)call;
	table_print(columns, json_object_get(reply, "voices"), "no voices");
}

void
show_engines(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "ENGINE", .field = "name" },
		{ .title = "TYPE", .field = "type" },
		{ .title = "STATE", .field = "state" },
		{ .title = "WORKERS", .field = "workers" },
		{ NULL },
	};

	(void)call;
	table_print(columns, json_object_get(reply, "engines"), "no engines");
}

void
show_channels(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "CHANNEL", .field = "name" },
		{ .title = "RATE", .field = "rate" },
		{ .title = "CHANNELS", .field = "channels" },
		{ .title = "FRAME MS", .field = "frame_ms" },
		{ .title = "ENGINE", .field = "engine" },
		{ .title = "AUDIO SOCKET", .field = "audio_socket" },
		{ NULL },
	};

	static const struct column of_zones[] = {
		{ .title = "ZONE", .field = "name" },
		{ .title = "CHANNELS", .field = "channels" },
		{ NULL },
	};
	const json_t *zones = json_object_get(reply, "zones");

	(void)call;
	table_print(columns, json_object_get(reply, "channels"), "no channels");
	if (json_array_size(zones) == 0)
		return;
	putchar('\n');
	table_print(of_zones, zones, "no zones");
}

void
show_event(const json_t *event)
{
	char text[CELL_MAX];
	json_int_t ms = json_integer_value(json_object_get(event, "time"));
	const char *name;
	json_t *value;

	time_text(text, sizeof(text), "%H:%M:%S", ms);
	printf("%s.%03d", text, (int)(ms % 1000));
	printf(" %-10s", cell(text, event, "event", NULL));
	json_object_foreach((json_t *)event, name, value)
	{
		if (strcmp(name, "time") != 0 && strcmp(name, "event") != 0)
			printf(" %s=%s", name,
			    cell(text, event, name,
				json_is_object(value) ? cell_fields : NULL));
	}
	putchar('\n');
}
