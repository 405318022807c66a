#include <stdio.h>

#include "ttsctl/top/lit.h"
#include "ttsctl/top/parts.h"

/* Does nothing go on there, as far as can be seen? */
static bool
is_held(const struct sight *s, const json_t *channel)
{
	return face_is(channel, "state", "paused") || s->ttsd.trouble[0];
}

/* ---- what is on air ----------------------------------------------------- */

/* The item of a queue that has this id; NULL: it is not there. */
static const json_t *
find_item(const json_t *items, json_int_t id)
{
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (face_number(item, "id") == id)
			return item;
	}
	return NULL;
}

static void
write_on_air(struct page *p, const struct detail *d, const json_t *items,
    const struct utterance *u)
{
	const json_t *item = find_item(items, u->id);
	char on[CELL_MAX], left[CELL_MAX];
	size_t column = 0;

	page_part(p, &column, GREEN, "  %" JSON_INTEGER_FORMAT, u->id);
	if (item && !face_is(item, "priority", "normal"))
		page_part(p, &column, "", "  %s", cell_text(item, "priority"));
	page_part(p, &column, "", "  on air %s",
	    clock_text(on, sizeof(on), u->for_ms));
	if (u->left_ms >= 0)
		page_part(p, &column, "", ", %s%s left", u->guessed ? "~" : "",
		    clock_text(left, sizeof(left), u->left_ms));
	if (d->lines > 1) {
		page_end(p);
		lit_write(p, 4, d->lines, u);
	} else {
		page_part(p, &column, "", "  ");
		lit_write_rest(p, column, u);
	}
}

/* ---- what waits --------------------------------------------------------- */

/* How long it goes on before what waits is reached; -1: nobody knows. */
static int64_t
time_left(const struct utterance *u)
{
	return u->id == 0 ? 0 : u->left_ms;
}

/* Adds what one takes; what is not known stays so. */
static int64_t
time_behind(const struct sight *s, const char *channel, const json_t *item,
    int64_t before_ms)
{
	json_int_t times = face_number(item, "repeat");
	int64_t one =
	    air_estimate_ms(s->air, channel, face_number(item, "characters"));

	return before_ms < 0 || one < 0
		   ? -1
		   : before_ms + one * (times > 1 ? times : 1);
}

static void
write_expected(
    char out[CELL_MAX], const json_t *item, int64_t before_ms, bool held)
{
	const json_t *due = json_object_get(item, "due_ms");
	char time[CELL_MAX];

	if (due)
		snprintf(out, CELL_MAX, "in %.16s",
		    clock_text(time, CELL_MAX, json_integer_value(due)));
	else if (held || before_ms < 0)
		snprintf(out, CELL_MAX, "%.16s", cell_text(item, "state"));
	else
		snprintf(out, CELL_MAX, "~%.16s",
		    clock_text(time, CELL_MAX, before_ms));
}

static void
write_waiting(struct page *p, const struct detail *d, const struct sight *s,
    const json_t *channel, const struct utterance *on)
{
	const char *name = cell_text(channel, "name");
	const json_t *items = json_object_get(s->queues, name), *item;
	bool held = is_held(s, channel);
	int64_t before = time_left(on);
	char expected[CELL_MAX], text[CELL_MAX];
	json_int_t left = face_number(channel, "queue");
	unsigned shown = 0;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (face_number(item, "id") == on->id || shown == d->waiting)
			continue;
		write_expected(expected, item, before, held);
		page_line(p, "", "  %-6" JSON_INTEGER_FORMAT " %-11s%-10s %s",
		    face_number(item, "id"), cell_text(item, "priority"),
		    expected, cell(text, item, "text", NULL));
		if (json_object_get(item, "due_ms") == NULL)
			before = time_behind(s, name, item, before);
		shown++;
		left--;
	}
	if (left > 0 && shown > 0)
		page_line(p, DIM, "  and %" JSON_INTEGER_FORMAT " more", left);
}

/* ---- channels ----------------------------------------------------------- */

static bool
is_idle(const json_t *channel)
{
	return face_is(channel, "state", "idle") &&
	       face_number(channel, "queue") == 0;
}

static void
write_channel_line(struct page *p, const json_t *channel)
{
	size_t listening =
	    json_array_size(json_object_get(channel, "subscribers"));
	const char *state = cell_text(channel, "state");
	char counted[CELL_MAX];
	size_t column = 0;

	page_part(p, &column, BOLD, "%s", cell_text(channel, "name"));
	page_part(p, &column, state_colour(state), "  %s", state);
	page_part(p, &column, "", "  %" JSON_INTEGER_FORMAT " waiting",
	    face_number(channel, "queue"));
	page_part(
	    p, &column, listening ? "" : YELLOW, "  %zu listening", listening);
	cell(counted, channel, "counters", cell_counted);
	page_part(p, &column, DIM, "  %s", counted);
	page_end(p);
}

static void
write_channel(struct page *p, const struct detail *d, const struct sight *s,
    const json_t *channel)
{
	const char *name = cell_text(channel, "name");
	bool held = is_held(s, channel);
	struct utterance on;

	if (d->gaps)
		page_end(p);
	write_channel_line(p, channel);
	if (air_find(s->air, name, s->now_ms, held, &on))
		write_on_air(p, d, json_object_get(s->queues, name), &on);
	write_waiting(p, d, s, channel, &on);
}

void
face_write_channels(
    struct page *p, const struct detail *d, const struct sight *s)
{
	const json_t *channel;
	size_t i, idle = 0;

	json_array_foreach(
	    json_object_get(s->ttsd.status, "channels"), i, channel)
	{
		if (d->well || !is_idle(channel))
			write_channel(p, d, s, channel);
		else
			idle++;
	}
	if (idle > 0)
		page_line(p, DIM, "channels where nothing is said: %zu", idle);
}
