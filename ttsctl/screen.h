/*
 * A live screen on a terminal.
 *
 * The whole of it is written at once over the one before; that nothing wraps
 * or scrolls makes a terminal that was just resized harmless until the next.
 */
#ifndef TTSCTL_SCREEN_H
#define TTSCTL_SCREEN_H

#include "platform/platform.h"
#include "ttsctl/page.h"
#include "ttsctl/ttsctl.h"

/* Takes the terminal over, and gives it back; a signal gives it back, too.
 * `quit` is called when the user types q. Returns 0 or ERR_NO_MEMORY. */
int screen_enter(struct loop *l, void (*quit)(void *arg), void *arg);
void screen_leave(void);

/* Draws what `write` makes of a page: as many lines as there is room for, and
 * dots for the others. False: standard output takes no more, and *status is as
 * output_flush() has it. */
bool screen_draw(
    void (*write)(struct page *p, void *arg), void *arg, enum status *status);

#endif
