/*
 * The tag that opens an element, written anew for the library that draws: what
 * the scene switches is not hidden there for good, and the root has no size of
 * its own. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYOUT_TAG_H
#define STREAMER_SUPERVISOR_PAINTER_LAYOUT_TAG_H

#include <stdbool.h>

/* `attributes` are names and values by turns, NULL-terminated, as the parser
 * hands them over. */

/* The value of an attribute; NULL where it is not there. */
const char *tag_attribute(const char **attributes, const char *name);

/* Returns the tag as XML, which the caller frees; NULL where there is no
 * memory, or it would be longer than a layout. */
char *tag_text(const char *name, const char **attributes, bool is_root);

#endif
