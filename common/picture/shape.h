/* The shape of a picture, as `picture` and `painter` are both told it on their
 * command lines. Pure. */
#ifndef COMMON_PICTURE_SHAPE_H
#define COMMON_PICTURE_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

/* Pixels. */
#define SHAPE_SIDE_MIN 16
#define SHAPE_SIDE_MAX 8192
#define SHAPE_FPS_MAX 60

/* Each reads the whole of `text`. False where it is no such thing, or beyond
 * the bounds: "1280x720", both even; 1 to SHAPE_FPS_MAX frames a second;
 * "#rrggbb". */
bool shape_read_size(const char *text, unsigned *width, unsigned *height);
bool shape_read_fps(const char *text, unsigned *fps);
bool shape_read_colour(const char *text, uint32_t *rgb);

#endif
