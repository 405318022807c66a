/*
 * What the boards of a channel show: what its announcements and the operation
 * `show` told. It is kept for a picture that begins anew; ttsd draws nothing.
 */
#ifndef TTSD_AIR_BOARDS_H
#define TTSD_AIR_BOARDS_H

#include "common/picture/board.h"

struct own_board;

struct boards {
	struct board all;      /* of who was told nothing of its own */
	struct own_board *own; /* one for each [video] that was */
};

/* Fails with ERR_NOMEM; boards_done() is due either way. */
int boards_init(struct boards *b);
void boards_done(struct boards *b);

/* An announcement has begun that shows this; NULL: nothing. Fails with
 * ERR_NOMEM, as board.h says. */
int boards_call(struct boards *b, json_int_t id, const json_t *show);
/* That [video] alone, of the configuration, shows this from now on. Fails as
 * boards_call(). */
int boards_show(struct boards *b, const char *video, const json_t *show);

/* Returns what that [video] shows, as board_tell(). */
json_t *boards_tell(const struct boards *b, const char *video);

/* All of it, from one ttsd to its successor; NULL without memory. Restoring
 * fails with ERR_NOMEM. */
json_t *boards_save(const struct boards *b);
int boards_restore(struct boards *b, const json_t *saved);

#endif
