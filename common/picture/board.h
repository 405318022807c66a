/*
 * What a board shows: short texts in UTF-8, each in a field with a name, and
 * the last calls. The configuration, `say`, the scenes and the painter keep to
 * these limits. Pure.
 *
 * What fails leaves out what there was no memory, or no place, for.
 */
#ifndef COMMON_PICTURE_BOARD_H
#define COMMON_PICTURE_BOARD_H

#include <jansson.h>
#include <stdbool.h>

#define BOARD_FIELDS_MAX 32 /* that are told at a time */
#define BOARD_TEXT_MAX 300  /* characters of a text */
#define BOARD_KEPT_MAX 64   /* fields of a board */
#define BOARD_CALLS_MAX 10
/* Of the calls as JSON: a scene's line has to hold them. */
#define BOARD_CALLS_BYTES 16000

struct board {
	json_t *fields; /* of texts, by name */
	json_t *calls;  /* of such objects; the newest is first */
	json_int_t called[BOARD_CALLS_MAX]; /* ids, the newest is first */
};

/* Fails with ERR_NOMEM; board_done() is due either way. */
int board_init(struct board *b);
void board_done(struct board *b);
/* Makes `to`, which was not begun, the same as `from`; fails as board_init().
 */
int board_copy(struct board *to, const struct board *from);

/* Sets a field. Returns 1, or 0 where it is so already or is no text; ERR_FULL
 * where it is one too many; or ERR_NOMEM. */
int board_set(struct board *b, const char *name, json_t *text);
/* Sets those of the object, as many as can be; else fails as board_set(). */
int board_set_all(struct board *b, const json_t *show);
/* Notes what an announcement of that id, not 0, shows. It goes before the
 * others, and takes one that is the same off the list. Returns 1, or 0 where
 * that announcement was noted before; or ERR_NOMEM. */
int board_call(struct board *b, json_int_t id, const json_t *show);
/* Ids that come from now on are of another ttsd. */
void board_forget_ids(struct board *b);

/* Returns {"fields":{…},"calls":[…]}; NULL without memory. */
json_t *board_tell(const struct board *b);
/* Takes over what board_tell() returned elsewhere: its fields, and its calls
 * before those that are there. Anything else is passed over. Returns 0 or
 * ERR_NOMEM. */
int board_take(struct board *b, const json_t *told);

#endif
