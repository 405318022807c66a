/*
 * What keeps a picture from being as it is on disk. Each trouble that the
 * painter tells of stays until it is mended, whatever becomes of that painter:
 * the next one tells of all that is well. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_TROUBLES_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_TROUBLES_H

#include <stdbool.h>

#include "streamer-supervisor/picture/director/remark.h"

/* Starts as zeroes. */
struct troubles {
	char text[REPORT_COUNT][REMARK_TEXT_MAX + 1]; /* "": none */
};

/* Takes REMARK_TROUBLE or REMARK_MENDED. False: that is known. */
bool troubles_take(struct troubles *t, const struct remark *r);

/* The first of them; "": there is none. */
const char *troubles_first(const struct troubles *t);

#endif
