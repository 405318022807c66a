/*
 * What is to be seen at one time, and what of it the painter was not told yet.
 * Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_STAGE_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_STAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/picture/board.h"

#define STAGE_SHAPE_MAX 7 /* bytes of the name of a mouth's shape */

struct stage {
	struct board board;
	json_t *fresh;   /* those of its fields that were not told */
	json_t *text;    /* of the caption */
	size_t from, to; /* its characters that are the word; equal: none */
	char mouth[STAGE_SHAPE_MAX + 1];
	char clock[16]; /* "": it is not told */
	int level_db;
	bool blink;
	unsigned untold;   /* a bit for each of what else was not told */
	unsigned uses;     /* enum use: of others nothing is told */
	json_int_t scenes; /* told so far */
};

/* Fails with ERR_NOMEM; stage_done() is due either way. */
int stage_init(struct stage *s);
void stage_done(struct stage *s);

/* Each changes what is to be seen; the first three as board.h says. */
void stage_set_field(struct stage *s, const char *name, json_t *text);
void stage_call(struct stage *s, json_int_t id, json_t *show);
void stage_take_board(struct stage *s, const json_t *told);
void stage_caption(struct stage *s, json_t *text, size_t from, size_t to);
void stage_mouth(struct stage *s, const char *shape);
void stage_blink(struct stage *s, bool blink);
void stage_clock(struct stage *s, int64_t second_of_day);
void stage_level(struct stage *s, double level_db);

/* All of it is untold again. */
void stage_repeat(struct stage *s);

bool stage_is_told(const struct stage *s);

/* Writes a scene of what is untold, which then is told; of very long fields
 * some may be left for the next scene. NULL without memory, and where all is
 * told. The caller frees it. */
char *stage_line(struct stage *s);

#endif
