/*
 * `say`: the requests of its text. One does where that fits in a line; a longer
 * text is parted (common/text/clause.h) into several, which are asked for one
 * after the other, so that they are said in their order.
 */
#ifndef TTSCTL_SAY_H
#define TTSCTL_SAY_H

#include "platform/platform.h"
#include "ttsctl/ttsctl.h"

struct saying {
	json_t *requests; /* list, in their order */
	size_t answered;  /* so many of them */
	json_t *ids;      /* list, of all that was accepted */
};

/* The one that has no answer yet, for the caller to own; NULL: all have. */
json_t *saying_next(const struct saying *s);
/* Notes the answer to it. */
void saying_note(struct saying *s, const json_t *reply);

/* Says that the next one was refused, where others were accepted, and how to
 * take those back. False: none was, and nothing is said. */
bool saying_refused(
    const struct saying *s, const struct call *call, const char *why);

/* Asks for them, and returns when all is over, over restarts of ttsd too. */
enum status say_and_wait(struct call *call, struct saying *s);

/* Writes "ttsctl cancel 1 2", which takes announcements back; ids that there is
 * no room for are left out, with a sign, for half an id is another's. */
void saying_undo(
    const struct call *call, const json_t *ids, char *out, size_t size);
/* What is enough for a hundred of them. */
#define SAYING_UNDO_MAX (PLATFORM_PATH_MAX + 2400)

#endif
