/*
 * The picture as it goes out: patches upon a background, or upon nothing, and
 * their frame. Only where there are other patches than in the picture before
 * it is drawn anew, so a mouth that moves costs as much as the mouth.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_CANVAS_H
#define STREAMER_SUPERVISOR_PAINTER_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "streamer-supervisor/painter/patch.h"

#define CANVAS_PATCHES_MAX 40

struct canvas {
	cairo_surface_t *surface;
	int width, height;   /* even */
	uint32_t background; /* 0xRRGGBB */
	bool is_overlay;     /* there is none: `frame` is an overlay */
	uint8_t *frame;      /* I420, as y4m has it */
	size_t frame_bytes;
	bool is_drawn;
	/* What is on it, and what is to be; their surfaces are held. */
	struct canvas_list {
		struct patch patches[CANVAS_PATCHES_MAX];
		size_t count;
	} drawn, next;
};

/* Fails with ERR_NOMEM; canvas_done() is due either way. */
int canvas_init(struct canvas *c, int width, int height, uint32_t background);
/* The same for an overlay (common/picture/overlay.h). */
int canvas_init_overlay(struct canvas *c, int width, int height);
void canvas_done(struct canvas *c);

/* Puts a patch upon those that were put since the last frame. It stays the
 * caller's, who draws on its surface no more. Nothing happens where there is
 * nothing to be seen of it. */
void canvas_put(struct canvas *c, const struct patch *patch);

/* Makes `frame` of what was put, and begins an empty picture. */
void canvas_finish(struct canvas *c);

#endif
