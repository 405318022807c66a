/*
 * What a layout uses of what changes by itself, so that no frame is drawn for
 * what is not seen. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYOUT_USES_H
#define STREAMER_SUPERVISOR_PAINTER_LAYOUT_USES_H

#include <jansson.h>

#include "streamer-supervisor/painter/layout/layout.h"

#define USES(X)                                       \
	X(CAPTION, "caption", 1 << 0)                 \
	X(FACE, "face", 1 << 1) /* a mouth or eyes */ \
	X(CLOCK, "clock", 1 << 2)                     \
	X(LEVEL, "level", 1 << 3)

enum use {
#define X(name, text, bit) USE_##name = bit,
	USES(X)
#undef X
};

#define USES_ALL (USE_CAPTION | USE_FACE | USE_CLOCK | USE_LEVEL)

/* Returns those of `enum use`. */
unsigned uses_of_layout(const struct layout *l);

/* The list of their names, as the painter reports it. NULL without memory. */
json_t *uses_to_json(unsigned uses);
/* What is no name of a use is passed over. */
unsigned uses_from_json(const json_t *list);

#endif
