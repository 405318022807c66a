/* Are there fonts for what the fields say? librsvg, which draws them, does not
 * tell. */
#ifndef STREAMER_SUPERVISOR_PAINTER_LETTERS_H
#define STREAMER_SUPERVISOR_PAINTER_LETTERS_H

#include "streamer-supervisor/painter/layout/scene.h"

/* What was looked at last. Starts as zeroes. */
struct letters {
	json_t *fields, *calls;
};

/* Looks at the fields and calls of a scene, where they are others than before;
 * characters that no font has are reported (glyphs.h). */
void letters_check(struct letters *l, const struct scene *scene);
void letters_done(struct letters *l);

#endif
