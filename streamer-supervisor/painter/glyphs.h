/* Characters for which no font is installed: boxes on air. */
#ifndef STREAMER_SUPERVISOR_PAINTER_GLYPHS_H
#define STREAMER_SUPERVISOR_PAINTER_GLYPHS_H

#include <pango/pango.h>

/* Reports what the layout has no glyphs for, once for each script, with the
 * Debian package that has them. */
void glyphs_check(PangoLayout *layout);

/* The same of a text that is drawn elsewhere in `font`. */
void glyphs_check_text(PangoLayout *layout, const char *text);

/* Debian's package with the glyphs of a character. */
const char *glyphs_package(gunichar character);

#endif
