/*
 * From scenes to frames: takes a scene, draws what it changes, and writes one
 * frame for it; looks at layout, image and logo on disk, and draws them again
 * when they are new. What cannot be read or drawn is reported, and the last
 * good picture stays.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_PAINTER_H
#define STREAMER_SUPERVISOR_PAINTER_PAINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct painter_settings {
	int width, height; /* even */
	unsigned fps;
	uint32_t background; /* 0xRRGGBB */
	/* Paths; NULL: none. Not both a layout and an image. */
	const char *layout, *image, *logo;
	bool caption, clock, level; /* over all of it */
	/* Only what lies over it is drawn, as common/picture/overlay.h says;
	 * there is neither background, layout nor image. */
	bool is_overlay;
	/* By which name memory is shared with us for the pixels of frames
	 * (posix/window.h); NULL: they go out behind their lines. */
	const char *frames_in;
	/* Nothing is drawn, but awaited that a file changes, or has changed
	 * since that time, of ms since 1970; 0: no. */
	int64_t changed_since_ms;
};

struct painter;

/* `settings` stays the caller's. NULL where there is no memory. */
struct painter *painter_new(const struct painter_settings *settings);
void painter_free(struct painter *p);

/* Writes the header of the stream. Fails with ERR_CLOSED, or as window_open().
 */
int painter_begin(struct painter *p);

/* Takes a line, and writes a frame where it is a scene. Fails with ERR_CLOSED
 * when nobody reads frames any more. */
int painter_take(struct painter *p, const char *line, size_t len);

/* Looks at the files; writes a frame where one has changed, and there was a
 * scene. Fails with ERR_CLOSED. */
int painter_look(struct painter *p);

#endif
