#include "ttsctl/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ttsctl/table.h"

void
show_said(const struct call *call, const json_t *reply)
{
	json_int_t before =
	    json_integer_value(json_object_get(reply, "position"));
	char id[CELL_MAX];

	(void)call;
	printf("announcement %s", cell(id, reply, "id", NULL));
	if (before > 0)
		printf(", %" JSON_INTEGER_FORMAT " before it", before);
	putchar('\n');
}

/* What was counted, as "name 3, other 1"; what never happened is left out. */
static void
format_counters(const json_t *value, char *out, size_t size)
{
	const char *name;
	json_t *count;
	size_t at = 0;

	out[0] = '\0';
	json_object_foreach((json_t *)value, name, count)
	{
		if (json_integer_value(count) == 0 || at >= size)
			continue;
		at += (size_t)snprintf(out + at, size - at,
		    "%s%s %" JSON_INTEGER_FORMAT, at ? ", " : "", name,
		    json_integer_value(count));
	}
}

static void
show_subscribers(const json_t *channels)
{
	static const struct column columns[] = {
		{ "CHANNEL", "channel", NULL },
		{ "SUBSCRIBER PID", "pid", NULL },
		{ "LAG", "lag_ms", cell_duration },
		{ "SKIPS", "skips", NULL },
		{ "FIRST SAMPLE", "first_sample", NULL },
		{ NULL, NULL, NULL },
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
	if (json_array_size(rows) > 0) {
		putchar('\n');
		table_print(columns, rows, "");
	}
	json_decref(rows);
}

void
show_status(const struct call *call, const json_t *reply)
{
	static const struct column channels[] = {
		{ "CHANNEL", "name", NULL },
		{ "STATE", "state", NULL },
		{ "ENGINE", "engine", NULL },
		{ "VOICE", "voice", NULL },
		{ "RATE", "rate", NULL },
		{ "SAMPLE", "sample", NULL },
		{ "QUEUE", "queue", NULL },
		{ "SUBSCRIBERS", "subscribers", cell_count },
		{ "COUNTED", "counters", format_counters },
		{ NULL, NULL, NULL },
	};
	static const struct column workers[] = {
		{ "WORKER OF", "engine", NULL },
		{ "STATE", "state", NULL },
		{ "PID", "pid", NULL },
		{ "JOBS", "jobs", NULL },
		{ "RESTARTS", "restarts", NULL },
		{ NULL, NULL, NULL },
	};
	char version[CELL_MAX], up[CELL_MAX];

	(void)call;
	printf("ttsd %s, up %s\n\n", cell(version, reply, "version", NULL),
	    cell(up, reply, "uptime_ms", cell_duration));
	table_print(
	    channels, json_object_get(reply, "channels"), "no channels");
	show_subscribers(json_object_get(reply, "channels"));
	putchar('\n');
	table_print(workers, json_object_get(reply, "workers"), "no workers");
}

void
show_queue(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ "ID", "id", NULL },
		{ "STATE", "state", NULL },
		{ "PRIORITY", "priority", NULL },
		{ "CHARACTERS", "characters", NULL },
		{ "TEXT", "text", NULL },
		{ NULL, NULL, NULL },
	};

	(void)call;
	table_print(
	    columns, json_object_get(reply, "items"), "the queue is empty");
}

void
show_cancelled(const struct call *call, const json_t *reply)
{
	char outcome[CELL_MAX];

	printf("announcement %s: %s\n", call->words[0],
	    cell(outcome, reply, "outcome", NULL));
}

void
show_skipped(const struct call *call, const json_t *reply)
{
	json_int_t id = json_integer_value(json_object_get(reply, "id"));

	(void)call;
	if (id > 0)
		printf("announcement %" JSON_INTEGER_FORMAT ": skipped\n", id);
	else
		puts("nothing was on air");
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

void
show_voices(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ "VOICE", "id", NULL },
		{ "LANGUAGES", "languages", NULL },
		{ "GENDER", "gender", NULL },
		{ "ENGINE", "engine", NULL },
		{ "NAME", "name", NULL },
		{ NULL, NULL, NULL },
	};

	(void)call;
	table_print(columns, json_object_get(reply, "voices"), "no voices");
}

void
show_engines(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ "ENGINE", "name", NULL },
		{ "TYPE", "type", NULL },
		{ "STATE", "state", NULL },
		{ "WORKERS", "workers", NULL },
		{ NULL, NULL, NULL },
	};

	(void)call;
	table_print(columns, json_object_get(reply, "engines"), "no engines");
}

void
show_channels(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ "CHANNEL", "name", NULL },
		{ "RATE", "rate", NULL },
		{ "CHANNELS", "channels", NULL },
		{ "FRAME MS", "frame_ms", NULL },
		{ "ENGINE", "engine", NULL },
		{ "AUDIO SOCKET", "audio_socket", NULL },
		{ NULL, NULL, NULL },
	};

	(void)call;
	table_print(columns, json_object_get(reply, "channels"), "no channels");
}

void
show_outputs(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ "OUTPUT", "name", NULL },
		{ "STATE", "state", NULL },
		{ "URL", "url", NULL },
		{ "PID", "pid", NULL },
		{ "UP", "uptime_ms", cell_duration },
		{ "RESTARTS", "restarts", NULL },
		{ "SPEED", "speed", NULL },
		{ "KBIT/S", "bitrate_kbps", NULL },
		{ "LAST ERROR", "last_error", NULL },
		{ NULL, NULL, NULL },
	};

	(void)call;
	table_print(columns, json_object_get(reply, "outputs"), "no outputs");
}

/* The time of day here, to the millisecond; `ms` since 1970. */
static void
print_time(json_int_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	const struct tm *local = localtime(&seconds);
	char text[16] = "-";

	if (local)
		strftime(text, sizeof(text), "%H:%M:%S", local);
	printf("%s.%03d", text, (int)(ms % 1000));
}

void
show_event(const json_t *event)
{
	char text[CELL_MAX];
	const char *name;
	json_t *value;

	print_time(json_integer_value(json_object_get(event, "time")));
	printf(" %-10s", cell(text, event, "event", NULL));
	json_object_foreach((json_t *)event, name, value)
	{
		if (strcmp(name, "time") != 0 && strcmp(name, "event") != 0)
			printf(" %s=%s", name, cell(text, event, name, NULL));
	}
	putchar('\n');
}
