/*
 * Texts of a layout, with their fields filled in, as text of XML. Pure.
 *
 * A field is a name in braces: letters, digits, '.', '_' and '-'. Other braces
 * are text like any other. What a field is filled with comes from outside: it
 * is escaped, its control characters are left out, and it is cut
 * (BOARD_TEXT_MAX).
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYOUT_FILL_H
#define STREAMER_SUPERVISOR_PAINTER_LAYOUT_FILL_H

#include <stdbool.h>

#include "common/buf.h"

#define FILL_NAME_MAX 63      /* bytes of a field's name */
#define FILL_ALL ((size_t)-1) /* characters: no bound */

/* Returns the value of a field, in UTF-8; NULL where there is none. */
typedef const char *fill_value_fn(const void *arg, const char *name);

bool fill_has_field(const char *text);

/* Hands over the name of each field in `text`. */
void fill_each_name(
    const char *text, void found(void *arg, const char *name), void *arg);

/* Appends `text` as text of XML, at most `characters` of it: what XML may not
 * hold, and controls, are left out; blanks of every kind are spaces. Fails as
 * buf_put() does. */
int fill_escape(struct buf *out, const char *text, size_t characters);

/* Appends `text` as fill_escape() does, with the value of each field in its
 * place, and nothing in the place of a field without a value. */
int fill_text(
    struct buf *out, const char *text, fill_value_fn *value, const void *arg);

#endif
