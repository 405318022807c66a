/*
 * This is the part of kit_process.h that differs from system to system: a
 * child, and our ends of its pipes. posix/ and win32/ implement it; how long to
 * wait for what is decided in kit_process.c.
 */
#ifndef TTSD_ENGINES_KIT_KIT_CHILD_H
#define TTSD_ENGINES_KIT_KIT_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "ttsd/engines/kit/kit_process.h"

struct kit_child;

/* Starts the child; errors are those of kit_process_start(). */
int kit_child_start(
    struct kit_child **out, char *const argv[], const void *input, size_t len);

/* Waits, at most timeout_ms (-1: for ever), until the child can be served,
 * has ended, or something came for kit_wanted() to judge. Feeds it, and gives
 * its errors to kit_complaint.h. True when kit_child_read() has something to
 * say. */
bool kit_child_serve(struct kit_child *c, int timeout_ms);

/* Returns bytes of its output, 0 at the end of it, ERR_AGAIN when none are
 * there. */
long kit_child_read(struct kit_child *c, void *data, size_t cap);

/* Closes its input and output: nothing more is fed to it or read from it. */
void kit_child_close(struct kit_child *c);

/* Has kit_child_serve() seen that the child ended? */
bool kit_child_has_ended(const struct kit_child *c);

/* Asks it to end. False where a child cannot be asked. */
bool kit_child_ask(struct kit_child *c);

/* Kills what is left of it and of what it started, says how it ended (but not
 * whether that was our doing), and frees it. */
void kit_child_free(struct kit_child *c, struct kit_process_end *end);

#endif
