/*
 * What the picture is to show, told by lines of JSON. Pure.
 *
 *	{"id":12, "fields":{"ticket":"A023"}, "calls":[{"ticket":"A023"}],
 *	 "caption":{"text":"A023, please", "from":0, "to":4},
 *	 "clock":"12:34", "show":{"mouth":"aa"}, "blink":false, "level":-20.5}
 *
 * All but `id` may be missing, and stays then as it was; so do the fields and
 * shapes that are not named. `from` and `to` are the characters of the word
 * that is spoken; `level` is in dB below full scale.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYOUT_SCENE_H
#define STREAMER_SUPERVISOR_PAINTER_LAYOUT_SCENE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/picture/board.h"

#define SCENE_LINE_MAX 65536 /* bytes */
#define SCENE_SHOWS_MAX 16
#define SCENE_WHY_MAX 128

struct scene {
	json_int_t id;
	json_t *fields, *calls, *show; /* of texts */
	json_t *caption, *clock;       /* texts */
	size_t from, to; /* characters of the caption; equal: no word */
	bool blink;
	double level_db; /* below full scale, -99 to 0 */
	char level[16];  /* the same in words; "": not told */
};

/* Fails with ERR_NOMEM; scene_done() is due either way. */
int scene_init(struct scene *s);
void scene_done(struct scene *s);

/* Takes a line, all of it or nothing. Fails with ERR_INVALID, and `why` tells
 * what is wrong with it, or ERR_NOMEM. */
int scene_take(
    struct scene *s, const char *line, size_t len, char why[SCENE_WHY_MAX]);

/* The value of a field of a layout: one of `fields`, or `caption`, `clock`,
 * `level`, `call.1.NAME` (the newest), `call.2.NAME` and so on. NULL: it has
 * none. Valid until the next scene_take(). */
const char *scene_value(const struct scene *s, const char *name);

/* Does a layout's element of this `id` change with the scene? "mouth-aa" does,
 * "eyes-open", "if-ticket", and whatever begins with a name in `show`. */
bool scene_switches(const struct scene *s, const char *id);

/* Is such an element shown? "mouth-SHAPE" as `show` says (at first "sil");
 * "eyes-closed" during a blink, "eyes-open" else; "if-FIELD" where that field
 * is not empty, "if-FIELD-VALUE" where it is that value. */
bool scene_shows(const struct scene *s, const char *id);

#endif
