#include "ttsd/control/show.h"

#include <string.h>

#include "common/err.h"
#include "common/picture/board.h"
#include "common/utf8.h"
#include "ttsd/control/durability.h"

/* ---- what a board takes ----------------------------------------------- */

/* The first character that is none for a board; 0: all are. */
static uint32_t
find_control(const char *text, size_t len)
{
	uint32_t cp;
	size_t n;

	for (; (n = utf8_decode(text, len, &cp)) > 0; text += n, len -= n)
		if (utf8_is_control(cp))
			return cp;
	return 0;
}

static bool
check_text(const char *name, const json_t *value, struct reply *r)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	uint32_t control = text ? find_control(text, len) : 0;

	if (!conf_name_valid(name))
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"show\" has a field \"%.40s\"; a name has 1 to %d "
		    "letters, digits, '_' or '-'",
		    name, CONF_NAME_MAX);
	else if (text == NULL)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"%s\" in \"show\" must be a string", name);
	else if (utf8_length(text, len) > BOARD_TEXT_MAX)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"%s\" in \"show\" has more than %d characters", name,
		    BOARD_TEXT_MAX);
	else if (control)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"%s\" in \"show\" holds the control character U+%04X",
		    name, (unsigned)control);
	return r->error == PROTO_OK;
}

bool
show_check(const json_t *show, struct reply *r)
{
	size_t count = json_object_size(show);
	const char *name;
	json_t *value;

	if (count < 1 || count > BOARD_FIELDS_MAX) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"show\" has %zu fields; expected 1 to %d", count,
		    BOARD_FIELDS_MAX);
		return false;
	}
	json_object_foreach((json_t *)show, name, value)
	{
		if (!check_text(name, value, r))
			return false;
	}
	return true;
}

/* ---- at once ---------------------------------------------------------- */

const struct field show_fields[] = {
	{ .name = "video", .type = FIELD_STRING, .required = true },
	{ .name = "show", .type = FIELD_OBJECT },
	{ .name = "channel", .type = FIELD_STRING },
	{ .name = NULL },
};

/* The channel whose sound the outputs send with that picture; the first, where
 * no output of the configuration shows it. */
static struct channel *
video_channel(const struct ttsd *t, const char *video)
{
	const struct conf_output *o;
	size_t i;

	for (i = 0; i < t->conf.outputs.count; i++) {
		o = conf_output_at(&t->conf, i);
		if (strcmp(o->video, video) == 0)
			return ttsd_channel(
			    t, conf_channel_of(&t->conf, o)->block.name);
	}
	return t->channels[0];
}

/* The channel that the request names, else the picture's own, awake. NULL with
 * an error in `r`: there is no such channel. */
static struct channel *
show_channel(struct ttsd *t, const json_t *body, struct reply *r)
{
	struct channel *ch;

	if (body_string(body, "channel"))
		return ttsd_pick_channel(t, body, r);
	ch = video_channel(t, body_string(body, "video"));
	channel_wake(ch);
	return ch;
}

static void
reply_board(struct reply *r, json_t *board)
{
	const char *name;
	json_t *value;

	if (board == NULL)
		reply_no_memory(r);
	json_object_foreach(board, name, value)
	    reply_set(r, name, json_incref(value));
	json_decref(board);
}

enum verdict
op_show(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	const char *video = body_string(body, "video");
	json_t *show = json_object_get(body, "show");
	struct channel *ch;

	(void)s;
	/* What it showed before a restart comes first. */
	if (!durability_is_ready(t))
		return OP_LATER;
	if (conf_video_find(&t->conf, video) == NULL) {
		reply_error(r, PROTO_NOT_FOUND,
		    "there is no [video %.40s] in the configuration", video);
		return OP_DONE;
	}
	if (show && !show_check(show, r))
		return OP_DONE;
	ch = show_channel(t, body, r);
	if (ch == NULL)
		return OP_DONE;
	if (show && playout_show(&ch->playout, video, show) == ERR_FULL) {
		reply_error(r, PROTO_TOO_LONG,
		    "[video %.40s] shows %d fields already, and none that has "
		    "another name",
		    video, BOARD_KEPT_MAX);
		return OP_DONE;
	}
	reply_board(r, boards_tell(&ch->playout.boards, video));
	return OP_DONE;
}
