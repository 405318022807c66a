/* The picture as it goes out: patches upon a background, or upon nothing, and
 * their frame. */
#ifndef STREAMER_SUPERVISOR_PAINTER_CANVAS_H
#define STREAMER_SUPERVISOR_PAINTER_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "streamer-supervisor/painter/patch.h"

struct canvas {
	cairo_surface_t *surface;
	int width, height;   /* even */
	uint32_t background; /* 0xRRGGBB */
	bool is_overlay;     /* there is none: `frame` is an overlay */
	uint8_t *frame;      /* I420, as y4m has it */
	size_t frame_bytes;
};

/* Fails with ERR_NOMEM; canvas_done() is due either way. */
int canvas_init(struct canvas *c, int width, int height, uint32_t background);
/* The same for an overlay (common/picture/overlay.h). */
int canvas_init_overlay(struct canvas *c, int width, int height);
void canvas_done(struct canvas *c);

void canvas_clear(struct canvas *c);
void canvas_put(struct canvas *c, const struct patch *patch);

/* Makes `frame` of what is on the canvas. */
void canvas_convert(struct canvas *c);

#endif
