#include "ttsctl/outputs.h"

#include <stdio.h>
#include <string.h>

#include "ttsctl/table.h"
#include "ttsctl/videos.h"

json_t *
outputs_chosen(const struct call *call, const json_t *status)
{
	const char *name = call->word_count ? call->words[0] : NULL;
	json_t *chosen = json_array();
	json_t *o;
	size_t i;

	json_array_foreach(json_object_get(status, "outputs"), i, o)
	{
		if (name == NULL || strcmp(cell_text(o, "name"), name) == 0)
			json_array_append(chosen, o);
	}
	return chosen;
}

const char *
outputs_head(char *out, size_t size, const json_t *status)
{
	bool on_air = json_is_true(json_object_get(status, "ttsd"));
	char version[CELL_MAX], up[CELL_MAX], ffmpeg[CELL_MAX];

	snprintf(out, size,
	    "streamer-supervisor %.40s, up %.40s; ffmpeg %.40s; ttsd is %s",
	    cell(version, status, "version", NULL),
	    cell(up, status, "uptime_ms", cell_duration),
	    cell(ffmpeg, status, "ffmpeg", NULL),
	    on_air ? "on air" : "not on air");
	return out;
}

/* ---- all of them ------------------------------------------------------- */

void
outputs_uptime(const json_t *ms, char *out, size_t size)
{
	out[0] = '\0';
	if (json_integer_value(ms) > 0)
		cell_duration(ms, out, size);
}

/* Formats a bit rate, which ffmpeg does not tell of every protocol. */
static void
format_bitrate(const json_t *kbps, char *out, size_t size)
{
	out[0] = '\0';
	if (json_number_value(kbps) > 0)
		snprintf(out, size, "%.1f", json_number_value(kbps));
}

static void
format_speed(const json_t *speed, char *out, size_t size)
{
	snprintf(out, size, "%.2fx", json_number_value(speed));
}

static void
format_probe(const json_t *probe, char *out, size_t size)
{
	const char *text = "failing";

	if (json_is_true(json_object_get(probe, "good")))
		text = "good";
	else if (cell_text(probe, "last_error")[0] == '\0')
		text = "not yet";
	snprintf(out, size, "%s", text);
}

void
outputs_heard(const json_t *heard, char *out, size_t size)
{
	snprintf(out, size, "%s", cell_text(heard, "state"));
}

/* Formats what encodes the picture that is sent. */
static void
format_picture(const json_t *picture, char *out, size_t size)
{
	bool sent = json_is_true(json_object_get(picture, "sent"));

	snprintf(out, size, "%s", sent ? cell_text(picture, "encoder") : "-");
}

static bool
is_in(const json_t *address, const char *state)
{
	return strcmp(cell_text(address, "state"), state) == 0;
}

static json_t *
trouble_of(const json_t *address)
{
	json_int_t wait =
	    json_integer_value(json_object_get(address, "backoff_ms"));
	const char *error = cell_text(address, "last_error");
	const char *awaited = cell_text(address, "waits_for");
	char again[CELL_MAX];

	if (awaited[0])
		return json_sprintf("waits for %s", awaited);
	if (wait == 0)
		return json_string(error);
	cell(again, address, "backoff_ms", cell_duration);
	return json_sprintf("waits %s%s%s", again, error[0] ? ": " : "", error);
}

/* Returns why an output sends sound alone; NULL: it does not, or is to. */
static json_t *
sound_alone(const json_t *output)
{
	const char *why = cell_text(json_object_get(output, "picture"), "why");

	return why[0] ? json_sprintf("sound alone: %s", why) : NULL;
}

json_t *
outputs_row(json_t *output)
{
	static const char *const roles[] = { "primary", "backup" };
	const json_t *probe = json_object_get(output, "probe"), *address;
	const json_t *audience = json_object_get(output, "audience");
	json_t *row = json_copy(output);
	bool two = false;
	size_t i;

	if (!is_in(output, "running")) {
		json_object_del(row, "bitrate_kbps");
		json_object_del(row, "speed");
		table_note(row, "", trouble_of(output));
	} else {
		table_note(row, "", sound_alone(output));
	}
	for (i = 0; i < 2; i++) {
		address = json_object_get(output, roles[i]);
		two = two || address;
		if (address && !is_in(address, "running") &&
		    !is_in(address, "stopped"))
			table_note(row, roles[i], trouble_of(address));
	}
	if (!two)
		json_object_del(row, "active");
	json_object_set(
	    row, "listeners", json_object_get(audience, "listeners"));
	table_note(
	    row, "title", json_string(cell_text(audience, "last_error")));
	table_note(row, "heard",
	    json_string(cell_text(json_object_get(output, "heard"), "why")));
	if (!json_is_true(json_object_get(probe, "good")))
		table_note(
		    row, "probe", json_string(cell_text(probe, "last_error")));
	return row;
}

static void
write_all(struct page *p, const json_t *outputs)
{
	static const struct column columns[] = {
		{ .title = "OUTPUT", .field = "name" },
		{ .title = "STATE", .field = "state" },
		{ .title = "ACTIVE",
		    .field = "active",
		    .optional = true,
		    .leaves = 8 },
		{ .title = "UP",
		    .field = "uptime_ms",
		    .format = outputs_uptime,
		    .leaves = 5 },
		{ .title = "RESTARTS", .field = "restarts", .leaves = 4 },
		{ .title = "KBIT/S",
		    .field = "bitrate_kbps",
		    .format = format_bitrate,
		    .leaves = 2 },
		{ .title = "SPEED",
		    .field = "speed",
		    .format = format_speed,
		    .leaves = 1 },
		{ .title = "DROPS", .field = "drops", .leaves = 3 },
		{ .title = "PICTURE",
		    .field = "picture",
		    .format = format_picture,
		    .optional = true,
		    .leaves = 7 },
		{ .title = "PROBE",
		    .field = "probe",
		    .format = format_probe,
		    .optional = true,
		    .leaves = 6 },
		{ .title = "HEARD",
		    .field = "heard",
		    .format = outputs_heard,
		    .optional = true,
		    .leaves = 9 },
		{ .title = "LISTENERS",
		    .field = "listeners",
		    .optional = true,
		    .leaves = 10 },
		{ .title = "URL", .field = "url" },
		{ NULL },
	};
	json_t *rows = json_array(), *output;
	size_t i;

	json_array_foreach(outputs, i, output)
	    json_array_append_new(rows, outputs_row(output));
	table_write(p, columns, rows, "no outputs");
	json_decref(rows);
}

/* ---- all about one ----------------------------------------------------- */

/* Formats a time that may be less than none. */
static void
format_distance(const json_t *ms, char *out, size_t size)
{
	snprintf(out, size, "%.0f ms", json_number_value(ms));
}

static cell_format *
find_time_format(const char *field)
{
	return strcmp(field, "picture_ahead_ms") == 0 ? format_distance
						      : cell_duration;
}

static void
write_field(struct page *p, const json_t *object, const char *field)
{
	size_t len = strlen(field);
	bool is_time = len > 3 && strcmp(field + len - 3, "_ms") == 0;
	char text[CELL_MAX];

	cell(text, object, field, is_time ? find_time_format(field) : NULL);
	page_line(p, strcmp(field, "state") == 0 ? state_colour(text) : "",
	    "%-13.*s %s", (int)(is_time ? len - 3 : len), field, text);
}

static void
write_history(struct page *p, const json_t *history)
{
	static const struct column columns[] = {
		{ .title = "ENDED", .field = "time", .format = cell_date },
		{ .title = "CAUSE", .field = "cause" },
		{ .title = "AFTER",
		    .field = "ran_ms",
		    .format = cell_duration },
		{ .title = "REASON", .field = "reason" },
		{ NULL },
	};

	if (json_array_size(history) == 0)
		return;
	buf_puts(&p->text, "\n");
	table_write(p, columns, history, "");
}

/* Writes how far one of `streams` has come, and when it last did. */
static void
write_stream(struct page *p, const json_t *stream, const char *title,
    const char *field, cell_format *format)
{
	char far[CELL_MAX], age[CELL_MAX];

	if (!json_is_object(stream))
		return;
	cell(far, stream, field, format);
	cell(age, stream, "age_ms", cell_duration);
	if (json_integer_value(json_object_get(stream, "age_ms")) < 0)
		page_line(p, "", "%-13s %s", title, far);
	else
		page_line(p, "", "%-13s %s, %s ago", title, far, age);
}

static void
write_streams(struct page *p, const json_t *streams)
{
	write_stream(p, json_object_get(streams, "sound"), "sound_sent",
	    "out_time_ms", cell_duration);
	write_stream(p, json_object_get(streams, "picture"), "frames_sent",
	    "frames", NULL);
}

/* Writes the values of an object, then its history, then the objects in it. */
static void
write_one(struct page *p, const char *title, const json_t *object)
{
	const char *field;
	json_t *value;

	page_line(p, BOLD, "%s", title);
	json_object_foreach((json_t *)object, field, value)
	{
		if (!json_is_object(value) && strcmp(field, "name") != 0 &&
		    strcmp(field, "history") != 0)
			write_field(p, object, field);
	}
	write_streams(p, json_object_get(object, "streams"));
	write_history(p, json_object_get(object, "history"));
	json_object_foreach((json_t *)object, field, value)
	{
		if (json_is_object(value) && strcmp(field, "streams") != 0) {
			buf_puts(&p->text, "\n");
			write_one(p, field, value);
		}
	}
}

void
outputs_write(struct page *p, const struct call *call, const json_t *status)
{
	json_t *chosen = outputs_chosen(call, status);
	const char *name = call->word_count ? call->words[0] : NULL;

	if (name == NULL) {
		write_all(p, chosen);
		videos_write(p, json_object_get(status, "videos"));
	} else if (json_array_size(chosen) > 0) {
		write_one(p, name, json_array_get(chosen, 0));
	} else {
		page_line(p, RED, "there is no output of that name");
	}
	json_decref(chosen);
}

enum status
outputs_print(struct client *c, const json_t *status)
{
	const char *name = c->call->word_count ? c->call->words[0] : NULL;
	json_t *chosen = outputs_chosen(c->call, status);
	enum status result = STATUS_DONE;
	struct page p;

	if (name && json_array_size(chosen) == 0) {
		result = complain(
		    "there is no output '%s'; 'ttsctl outputs' lists them",
		    name);
	} else if (!call_flag(c->call, "json")) {
		page_init(&p);
		outputs_write(&p, c->call, status);
		page_print(&p);
	} else if (name) {
		json_dumpf(json_array_get(chosen, 0), stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		client_print_line(c);
	}
	json_decref(chosen);
	return result;
}
