/*
 * JSON that is whole or not there at all.
 *
 * jansson answers a want of memory piece by piece, and what nobody checks is a
 * field that is missing. What is put together here is checked once, at its
 * end: as soon as one piece could not be had the whole is NULL, and stays so.
 */
#ifndef COMMON_BODY_H
#define COMMON_BODY_H

#include <jansson.h>

/* Adds a field to an object, and an item to a list. Both take over what is
 * added; NULL, of memory that was not there, makes the whole NULL. */
void body_put(json_t **object, const char *name, json_t *value);
void body_append(json_t **list, json_t *item);
/* The same of a text of any bytes: a text that is no UTF-8, for something cut
 * it, is made one. */
void body_put_text(json_t **object, const char *name, const char *text);
/* Adds the fields of those names, which end with NULL, that `from` has. */
void body_copy(json_t **object, const json_t *from, const char *const *names);
/* Adds all fields of `more`, which stays the caller's. */
void body_merge(json_t **object, json_t *more);

/* Returns the text, which the caller frees, without blanks and with six digits
 * of a fraction. NULL, where there is no memory or no `body`: never a part of
 * it, as json_dumps() of jansson 2.14 may return. */
char *body_text(const json_t *body);
/* The same as a line of a protocol, with its newline and a NUL behind that;
 * *len are its bytes up to the NUL, 0 where there is none. */
char *body_line(const json_t *body, size_t *len);

/* Reads JSON of at most 64 KiB. *out is NULL where it fails: ERR_INVALID, with
 * `e` filled, for what is no JSON; ERR_NOMEM, which jansson 2.14 takes for
 * that, or passes over and reads beyond what it has. */
int body_parse(
    const char *text, size_t len, size_t flags, json_t **out, json_error_t *e);

#endif
