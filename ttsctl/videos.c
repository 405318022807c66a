#include "ttsctl/videos.h"

#include <string.h>

#include "ttsctl/table.h"

static bool
runs(const json_t *video, const char *field)
{
	return strcmp(cell_text(video, field), "running") == 0;
}

/* Returns why its process, or its stream, is not there; NULL: it is. */
static json_t *
why_not_served(const json_t *video)
{
	char wait[CELL_MAX];

	if (json_integer_value(json_object_get(video, "backoff_ms")) > 0)
		return json_sprintf("waits %s: %s",
		    cell(wait, video, "backoff_ms", cell_duration),
		    cell_text(video, "last_end"));
	if (runs(video, "state") &&
	    !json_is_true(json_object_get(video, "serving")))
		return json_string("it has no stream: is ttsd on air?");
	return NULL;
}

static json_t *
video_row(json_t *video)
{
	const char *source = cell_text(video, "source");
	json_t *row = json_copy(video);

	table_note(row, "", why_not_served(video));
	if (source[0] && !runs(video, "source"))
		table_note(row, "source",
		    json_string(cell_text(video, "source_error")));
	table_note(row, "", json_string(cell_text(video, "trouble")));
	return row;
}

void
videos_write(struct page *p, const json_t *videos)
{
	static const struct column columns[] = {
		{ .title = "VIDEO", .field = "name" },
		{ .title = "STATE", .field = "state" },
		{ .title = "SOURCE", .field = "source" },
		{ .title = "CHANNEL", .field = "channel", .leaves = 3 },
		{ .title = "RESTARTS", .field = "restarts", .leaves = 9 },
		{ .title = "READERS", .field = "readers", .leaves = 4 },
		{ .title = "FRAMES", .field = "frames", .leaves = 2 },
		{ .title = "PICTURES", .field = "pictures", .leaves = 7 },
		{ .title = "REPEATED", .field = "repeated", .leaves = 6 },
		{ .title = "LATE", .field = "late", .leaves = 5 },
		{ .title = "LOST", .field = "lost", .leaves = 8 },
		{ .title = "DRAWING",
		    .field = "drawing_ms",
		    .format = cell_duration,
		    .leaves = 1 },
		{ NULL },
	};
	json_t *rows, *video;
	size_t i;

	if (json_array_size(videos) == 0)
		return;
	rows = json_array();
	json_array_foreach(videos, i, video)
	    json_array_append_new(rows, video_row(video));
	buf_puts(&p->text, "\n");
	table_write(p, columns, rows, "");
	json_decref(rows);
}
