#include "streamer-supervisor/picture/director/stage.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/utf8.h"
#include "streamer-supervisor/painter/layout/scene.h"
#include "streamer-supervisor/painter/layout/uses.h"
#include "streamer-supervisor/picture/director/director.h"

/* A line of the painter's has SCENE_LINE_MAX bytes: the rest of it is for
 * these, the calls (BOARD_CALLS_BYTES) and the caption. */
#define FIELDS_BYTES 36000
/* So many characters of a long text, those around the word, are told. */
#define CAPTION_CHARACTERS 1000

#define LEVEL_FLOOR_DB (-99.0)

enum untold {
	UNTOLD_CALLS = 1 << 0,
	UNTOLD_CAPTION = 1 << 1,
	UNTOLD_MOUTH = 1 << 2,
	UNTOLD_BLINK = 1 << 3,
	UNTOLD_CLOCK = 1 << 4,
	UNTOLD_LEVEL = 1 << 5,
};

static const struct {
	enum use use;
	unsigned untold;
} used[] = {
	{ USE_CAPTION, UNTOLD_CAPTION },
	{ USE_FACE, UNTOLD_MOUTH | UNTOLD_BLINK },
	{ USE_CLOCK, UNTOLD_CLOCK },
	{ USE_LEVEL, UNTOLD_LEVEL },
};

int
stage_init(struct stage *s)
{
	*s = (struct stage){ .fresh = json_object(),
		.text = json_string(""),
		.mouth = "sil",
		.level_db = (int)LEVEL_FLOOR_DB };
	if (board_init(&s->board) < 0)
		return ERR_NOMEM;
	return s->fresh && s->text ? 0 : ERR_NOMEM;
}

void
stage_done(struct stage *s)
{
	board_done(&s->board);
	json_decref(s->fresh);
	json_decref(s->text);
	*s = (struct stage){ 0 };
}

/* ---- what changes ------------------------------------------------------ */

void
stage_set_field(struct stage *s, const char *name, json_t *text)
{
	if (board_set(&s->board, name, text) > 0)
		json_object_set(s->fresh, name, text);
}

void
stage_call(struct stage *s, json_int_t id, json_t *show)
{
	if (board_call(&s->board, id, show) > 0)
		s->untold |= UNTOLD_CALLS;
}

void
stage_take_board(struct stage *s, const json_t *told)
{
	board_take(&s->board, told);
	json_object_update(s->fresh, s->board.fields);
	s->untold |= UNTOLD_CALLS;
}

void
stage_caption(struct stage *s, json_t *text, size_t from, size_t to)
{
	if (!json_is_string(text) ||
	    (from == s->from && to == s->to && json_equal(text, s->text)))
		return;
	json_incref(text);
	json_decref(s->text);
	s->text = text;
	s->from = from;
	s->to = to < from ? from : to;
	s->untold |= UNTOLD_CAPTION;
}

void
stage_mouth(struct stage *s, const char *shape)
{
	if (strlen(shape) > STAGE_SHAPE_MAX || strcmp(shape, s->mouth) == 0)
		return;
	strcpy(s->mouth, shape);
	s->untold |= UNTOLD_MOUTH;
}

void
stage_blink(struct stage *s, bool blink)
{
	if (blink == s->blink)
		return;
	s->blink = blink;
	s->untold |= UNTOLD_BLINK;
}

void
stage_clock(struct stage *s, int64_t second)
{
	char text[sizeof(s->clock)];

	snprintf(text, sizeof(text), "%02d:%02d:%02d",
	    (int)(second / 3600 % 24), (int)(second / 60 % 60),
	    (int)(second % 60));
	if (strcmp(text, s->clock) == 0)
		return;
	strcpy(s->clock, text);
	s->untold |= UNTOLD_CLOCK;
}

void
stage_level(struct stage *s, double level_db)
{
	int whole;

	if (!(level_db > LEVEL_FLOOR_DB))
		level_db = LEVEL_FLOOR_DB;
	whole = (int)lround(level_db > 0 ? 0 : level_db);
	if (whole == s->level_db)
		return;
	s->level_db = whole;
	s->untold |= UNTOLD_LEVEL;
}

/* ---- what is told ------------------------------------------------------ */

void
stage_repeat(struct stage *s)
{
	json_object_update(s->fresh, s->board.fields);
	s->untold = UNTOLD_CALLS | UNTOLD_CAPTION | UNTOLD_MOUTH |
		    UNTOLD_BLINK | UNTOLD_LEVEL |
		    (s->clock[0] ? UNTOLD_CLOCK : 0);
}

/* What is to be told: of what is not used, nothing. */
static unsigned
to_be_told(const struct stage *s)
{
	unsigned bits = s->untold;
	size_t i;

	for (i = 0; i < sizeof(used) / sizeof(used[0]); i++)
		if (!(s->uses & used[i].use))
			bits &= ~used[i].untold;
	return bits;
}

bool
stage_is_told(const struct stage *s)
{
	return to_be_told(s) == 0 && json_object_size(s->fresh) == 0;
}

/* The fresh fields, as many as a line holds. */
static json_t *
fields_for_line(const struct stage *s)
{
	json_t *fields = json_object(), *text;
	const char *name;
	size_t bytes = 0;

	json_object_foreach(s->fresh, name, text)
	{
		bytes +=
		    strlen(name) + 4 +
		    json_dumpb(text, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
		if (bytes > FIELDS_BYTES)
			break;
		body_put(&fields, name, json_incref(text));
	}
	return fields;
}

/* The part of the text in which the word begins, always cut at the same
 * places. */
static json_t *
caption_for_line(const struct stage *s)
{
	const char *text = json_string_value(s->text);
	size_t len = json_string_length(s->text);
	size_t skipped = s->from - s->from % CAPTION_CHARACTERS;
	size_t at = utf8_offset(text, len, skipped);
	size_t end = at + utf8_offset(text + at, len - at, CAPTION_CHARACTERS);

	return json_pack("{s:s%, s:I, s:I}", "text", text + at, end - at,
	    "from", (json_int_t)(s->from - skipped), "to",
	    (json_int_t)(s->to - skipped));
}

/* Adds what of a bit's business is untold. */
static void
put_untold(const struct stage *s, json_t **line, enum untold bit,
    const char *name, json_t *value)
{
	if (to_be_told(s) & bit)
		body_put(line, name, value);
	else
		json_decref(value);
}

static json_t *
scene(const struct stage *s)
{
	json_t *line = json_pack("{s:I}", "id", s->scenes + 1);

	if (json_object_size(s->fresh) > 0)
		body_put(&line, "fields", fields_for_line(s));
	put_untold(
	    s, &line, UNTOLD_CALLS, "calls", json_incref(s->board.calls));
	put_untold(s, &line, UNTOLD_CAPTION, "caption", caption_for_line(s));
	put_untold(s, &line, UNTOLD_MOUTH, "show",
	    json_pack("{s:s}", "mouth", s->mouth));
	put_untold(s, &line, UNTOLD_BLINK, "blink", json_boolean(s->blink));
	put_untold(s, &line, UNTOLD_CLOCK, "clock", json_string(s->clock));
	put_untold(s, &line, UNTOLD_LEVEL, "level", json_integer(s->level_db));
	return line;
}

static void
count_as_told(struct stage *s, const json_t *line)
{
	const char *name;
	json_t *text;

	json_object_foreach(json_object_get(line, "fields"), name, text)
	    json_object_del(s->fresh, name);
	s->untold &= ~to_be_told(s);
	s->scenes++;
}

char *
stage_line(struct stage *s)
{
	json_t *line;
	char *text;

	if (stage_is_told(s))
		return NULL;
	line = scene(s);
	text = body_text(line);
	if (text)
		count_as_told(s, line);
	json_decref(line);
	return text;
}
