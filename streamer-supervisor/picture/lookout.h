/*
 * Somebody who looks whether the files that a painter draws have changed, while
 * none is there: what is mended need not wait for a back-off. It is the same
 * program, in a process of its own, for a folder may hang.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_LOOKOUT_H
#define STREAMER_SUPERVISOR_PICTURE_LOOKOUT_H

#include <stdint.h>

#include "platform/platform.h"

struct lookout;

/* `changed` is called once after each lookout_begin() that saw something, and
 * must not free it. Fails with ERR_NOMEM. */
int lookout_new(struct loop *l, const char *const *painter,
    void (*changed)(void *arg), void *arg, struct lookout **out);
/* NULL is fine. */
void lookout_free(struct lookout *o);

/* Looks for what has changed since that time, of clock_utc_ms(). Where nobody
 * can be sent to look, nothing is seen. */
void lookout_begin(struct lookout *o, int64_t since_ms);
void lookout_end(struct lookout *o);

#endif
