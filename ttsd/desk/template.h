/*
 * A text with fields in braces, "Ticket {ticket}, counter {counter}.", in any
 * languages; a brace of the text itself stands twice: "{{" or "}}". Names of
 * fields are those of a picture's (conf_name_valid()). Pure.
 */
#ifndef TTSD_DESK_TEMPLATE_H
#define TTSD_DESK_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>

#include "common/buf.h"

/* What an error is about: the name of a field, or a text's rest from a brace on
 * that stands alone, or has no name of a field behind it. */
#define TEMPLATE_NAME_MAX 40
struct template_fault {
	char name[TEMPLATE_NAME_MAX + 1];
};

/* Is it a template? ERR_INVALID with `f` filled. */
int template_check(const char *text, struct template_fault *f);

bool template_has(const char *text, const char *name);

/* The names of its fields, a list, each once, in their order; NULL without
 * memory. */
json_t *template_fields(const char *text);

/* Appends the text with its fields filled in; `fields` is an object of texts,
 * NULL: of none. ERR_NOT_FOUND: a field of the template has no text there;
 * ERR_UNSUPPORTED: the template has no such field; ERR_INVALID; each with `f`
 * filled. Else as buf_put(). */
int template_fill(const char *text, const json_t *fields, struct buf *out,
    struct template_fault *f);

#endif
