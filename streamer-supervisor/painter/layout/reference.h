/*
 * What a layout may refer to: parts of itself, and pictures that lie in its own
 * folder or in itself. Pure.
 *
 * The library that draws has such rules too; these come before it, and their
 * answer is for who drew the layout.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYOUT_REFERENCE_H
#define STREAMER_SUPERVISOR_PAINTER_LAYOUT_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/* May an attribute of an element have this value? Names without prefix. */
bool reference_allowed(const char *attribute, const char *value);

/* May a style sheet, or a `style` attribute, say this? */
bool reference_style_allowed(const char *css);

/* The id within the layout that a value paints with, as "url(#shade)" does. It
 * starts at the result and has `*len` bytes; NULL: there is none. Called again
 * with the end of the last one, it finds the next. */
const char *reference_next(const char *value, size_t *len);

#endif
