/*
 * A text that one child alone can read: over a pipe, by its name, for Windows
 * has no file names for what a program has open.
 */
#ifndef PLATFORM_WIN32_HANDOVER_H
#define PLATFORM_WIN32_HANDOVER_H

#include "platform/win32/win32.h"

struct handover;

/* Makes the pipe, which is there at once; `text` is copied. */
int handover_new(const char *text, struct handover **out);
/* Returns the name that the child opens. */
const char *handover_name(const struct handover *h);

/* To be called when the child runs, in `job`. From then on the handover waits
 * on its own, until the text is fetched or the child has ended, and releases
 * itself. Called from any thread, with handles that stay the caller's. */
void handover_serve(struct handover *h, HANDLE job, HANDLE child);

/* Frees a handover that is not served; NULL is fine. */
void handover_free(struct handover *h);

#endif
