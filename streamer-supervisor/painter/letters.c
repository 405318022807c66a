#include "streamer-supervisor/painter/letters.h"

#include "common/picture/board.h"
#include "streamer-supervisor/painter/glyphs.h"
#include "streamer-supervisor/painter/layout/fill.h"
#include "streamer-supervisor/painter/writing.h"

#define ANY_SIZE 16 /* pixels */

/* As much of it as is shown. */
static void
text_check(PangoLayout *layout, const char *text)
{
	struct buf shown;

	buf_init(&shown, SCENE_LINE_MAX);
	if (fill_escape(&shown, text, BOARD_TEXT_MAX) == 0 &&
	    buf_put(&shown, "", 1) == 0)
		glyphs_check_text(layout, (const char *)buf_data(&shown));
	buf_done(&shown);
}

static void
table_check(PangoLayout *layout, json_t *table)
{
	const char *name;
	json_t *value;

	json_object_foreach(table, name, value)
	    text_check(layout, json_string_value(value));
}

void
letters_check(struct letters *l, const struct scene *scene)
{
	PangoLayout *layout;
	json_t *call;
	size_t i;

	if (l->fields == scene->fields && l->calls == scene->calls)
		return;
	letters_done(l);
	l->fields = json_incref(scene->fields);
	l->calls = json_incref(scene->calls);
	layout = writing_layout(WRITING_FONT, ANY_SIZE);
	table_check(layout, l->fields);
	json_array_foreach(l->calls, i, call) table_check(layout, call);
	g_object_unref(layout);
}

void
letters_done(struct letters *l)
{
	json_decref(l->fields);
	json_decref(l->calls);
	*l = (struct letters){ 0 };
}
