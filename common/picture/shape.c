#include "common/picture/shape.h"

#include <stdio.h>
#include <string.h>

#include "common/picture/colour.h"

static bool
is_side(unsigned side)
{
	return side >= SHAPE_SIDE_MIN && side <= SHAPE_SIDE_MAX &&
	       side % 2 == 0;
}

bool
shape_read_size(const char *text, unsigned *width, unsigned *height)
{
	char end;

	return sscanf(text, "%5ux%5u%c", width, height, &end) == 2 &&
	       is_side(*width) && is_side(*height);
}

bool
shape_read_fps(const char *text, unsigned *fps)
{
	char end;

	return sscanf(text, "%5u%c", fps, &end) == 1 && *fps >= 1 &&
	       *fps <= SHAPE_FPS_MAX;
}

bool
shape_read_colour(const char *text, uint32_t *rgb)
{
	return strlen(text) == COLOUR_BYTES &&
	       colour_read(text, COLOUR_BYTES, rgb);
}
