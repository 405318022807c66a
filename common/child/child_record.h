/*
 * The life of a child (child.h) as one program hands it to the next version of
 * itself, together with the process: where it stands, its deadlines and its
 * counts. Limits are not part of it, for they are configured. Pure.
 */
#ifndef COMMON_CHILD_CHILD_RECORD_H
#define COMMON_CHILD_CHILD_RECORD_H

#include <jansson.h>

#include "common/child/child.h"

/* Returns an object, which the caller owns; NULL without memory. One whose
 * owner has yet to find out what to spawn (`process` false, though its state is
 * one with a process) begins that try again at once, uncounted. */
json_t *child_save(const struct child *c, bool process, int64_t now_ns);

/* Takes it up again, after child_init(). ERR_INVALID: it stays as it was. */
int child_load(struct child *c, const json_t *record);

#endif
