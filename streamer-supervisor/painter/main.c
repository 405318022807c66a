/*
 * painter: draws the picture of one [video], in a process of its own that may
 * die, hang or bloat. Scenes come in on standard input, a line of JSON each
 * (layout/scene.h); for each, a frame goes out on standard output, in a stream
 * of YUV4MPEG2. "FRAME Xscene=12 Xms=5.3" says which scene a frame shows, and
 * how long it took to draw; Xbare=1, that the layout or the image is not in it,
 * for it could not be read yet. A frame that nobody asked for, because a file
 * has changed, bears the last scene's number. Standard error is report.h's.
 *
 * With --frames-in the pixels are in memory that our parent shares with us, by
 * that name, and Xframe=7 says which of its frames
 * (common/picture/two_frames.h) they are: nothing of them is in the stream.
 *
 * It ends when its input does. With --changed-since it does none of this: it
 * ends when one of its files has changed.
 */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/options.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/picture/shape.h"
#include "streamer-supervisor/painter/layout/scene.h"
#include "streamer-supervisor/painter/painter.h"
#include "streamer-supervisor/painter/posix/changes.h"
#include "streamer-supervisor/painter/posix/confine.h"
#include "streamer-supervisor/painter/posix/limits.h"
#include "streamer-supervisor/painter/posix/pipe.h"

#define EXIT_USAGE 64
#define EXIT_DATA 65
#define EXIT_MEMORY 71
#define LOOK_US (125 * 1000)
#define INPUT_MAX (2 * SCENE_LINE_MAX)

enum {
	SIZE,
	FPS,
	LAYOUT,
	IMAGE,
	BACKGROUND,
	CAPTION,
	LOGO,
	CLOCK,
	LEVEL,
	OVERLAY,
	CHANGED_SINCE,
	FRAMES_IN
};

static const struct options_row options[] = {
	[SIZE] = { "size", 0, true },
	[FPS] = { "fps", 0, true },
	[LAYOUT] = { "layout", 0, true },
	[IMAGE] = { "image", 0, true },
	[BACKGROUND] = { "background", 0, true },
	[CAPTION] = { "caption", 0, true },
	[LOGO] = { "logo", 0, true },
	[CLOCK] = { "clock", 0, true },
	[LEVEL] = { "level", 0, true },
	[OVERLAY] = { "overlay", 0, false },
	[CHANGED_SINCE] = { "changed-since", 0, true },
	[FRAMES_IN] = { "frames-in", 0, true },
	{ NULL },
};

/* ---- the command line ------------------------------------------------------
 */

static bool
read_size(struct painter_settings *s, const char *value)
{
	unsigned width, height;

	if (!shape_read_size(value, &width, &height))
		return false;
	s->width = (int)width;
	s->height = (int)height;
	return true;
}

static bool
read_yes(bool *yes, const char *value)
{
	*yes = strcmp(value, "yes") == 0;
	return *yes || strcmp(value, "no") == 0;
}

static bool
read_option(struct painter_settings *s, int option, const char *value)
{
	switch (option) {
	case SIZE:
		return read_size(s, value);
	case FPS:
		return shape_read_fps(value, &s->fps);
	case BACKGROUND:
		return shape_read_colour(value, &s->background);
	case CAPTION:
		return read_yes(&s->caption, value);
	case CLOCK:
		return read_yes(&s->clock, value);
	case LEVEL:
		return read_yes(&s->level, value);
	case OVERLAY:
		s->is_overlay = true;
		return true;
	case CHANGED_SINCE:
		return sscanf(value, "%" SCNd64, &s->changed_since_ms) == 1;
	case FRAMES_IN:
		s->frames_in = value;
		return true;
	case LAYOUT:
		s->layout = value;
		return true;
	case IMAGE:
		s->image = value;
		return true;
	case LOGO:
		s->logo = value;
		return true;
	}
	return false;
}

/* One thing at most may be what the rest lies over. */
static bool
is_complete(const struct painter_settings *s)
{
	return s->width > 0 && s->fps > 0 &&
	       (s->layout != NULL) + (s->image != NULL) + s->is_overlay <= 1;
}

static bool
read_command_line(struct painter_settings *s, int argc, char **argv)
{
	struct options o;
	const char *value;
	int option;
	char why[OPTIONS_COMPLAINT_MAX];

	options_begin(&o, options, argc, argv);
	while ((option = options_next(&o, &value)) != OPTIONS_END)
		if (option < 0 || !read_option(s, option, value)) {
			options_complaint(&o, option, value, why, sizeof(why));
			fprintf(stderr, "painter: %s\n", why);
			return false;
		}
	return is_complete(s);
}

/* ---- the loop --------------------------------------------------------------
 */

static int
take_lines(struct painter *p, struct buf *in, size_t *scanned)
{
	const char *line;
	size_t len;
	int rc = 0;

	while (rc == 0 && lines_peek(in, scanned, &line, &len)) {
		if (len > 0)
			rc = painter_take(p, line, len);
		buf_consume(in, len + 1);
	}
	return rc;
}

static int
wait_ms(int64_t until_us)
{
	int64_t left_us = until_us - g_get_monotonic_time();

	return left_us > 0 ? (int)((left_us + 999) / 1000) : 0;
}

/* Looks when it is due, or soon after where a drawing took longer. */
static int
look_when_due(struct painter *p, int64_t *due_us)
{
	int64_t now_us = g_get_monotonic_time();
	int rc;

	if (now_us < *due_us)
		return 0;
	*due_us += LOOK_US;
	if (*due_us < now_us)
		*due_us = now_us + LOOK_US;
	limits_hurry();
	rc = painter_look(p);
	limits_rest();
	return rc;
}

static int
painter_run(struct painter *p)
{
	int64_t due_us = g_get_monotonic_time();
	size_t scanned = 0;
	struct buf in;
	int rc;

	buf_init(&in, INPUT_MAX);
	rc = painter_begin(p);
	while (rc >= 0) {
		rc = look_when_due(p, &due_us);
		if (rc == 0)
			rc = pipe_read(&in, wait_ms(due_us));
		if (rc > 0)
			rc = take_lines(p, &in, &scanned);
	}
	buf_done(&in);
	return rc;
}

static void
await_changes(const struct painter_settings *s)
{
	const char *const files[] = { s->layout, s->image, s->logo };

	changes_await(
	    files, sizeof(files) / sizeof(files[0]), s->changed_since_ms);
}

int
main(int argc, char **argv)
{
	struct painter_settings settings = { 0 };
	struct painter *p;
	int rc;

	if (!read_command_line(&settings, argc, argv)) {
		fprintf(stderr,
		    "usage: painter --size WIDTHxHEIGHT --fps N "
		    "[--layout FILE.svg | --image FILE | --overlay] "
		    "[--background '#rrggbb'] [--caption yes] [--logo FILE] "
		    "[--clock yes] [--level yes] [--changed-since MS] "
		    "[--frames-in DESCRIPTOR]\n");
		return EXIT_USAGE;
	}
	limits_set();
	if (settings.changed_since_ms > 0) {
		await_changes(&settings);
		return 0;
	}
	confine((const char *const[]){
	    settings.layout, settings.image, settings.logo });
	p = painter_new(&settings);
	if (p == NULL) {
		fprintf(stderr, "painter: %s\n", err_text(ERR_NOMEM));
		return EXIT_MEMORY;
	}
	rc = painter_run(p);
	painter_free(p);
	if (rc == ERR_FULL)
		fprintf(stderr, "painter: a scene is longer than %d bytes\n",
		    SCENE_LINE_MAX);
	return rc == ERR_END || rc == ERR_CLOSED ? 0 : EXIT_DATA;
}
