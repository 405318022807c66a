/*
 * Which process that is, told so that another one that has the same id later,
 * or had it before, is not taken for it. process_mark.c in each system's
 * folder.
 */
#ifndef PLATFORM_PROCESS_MARK_H
#define PLATFORM_PROCESS_MARK_H

#include <stddef.h>
#include <stdint.h>

#define PROCESS_MARK_MAX 128

/* Writes the mark of a process that lives: a line of text without its end, its
 * id, a blank, and what else the system tells, such as when it was started.
 * That stays the same as long as it lives, also where it starts another program
 * over itself. Fails with ERR_NOT_FOUND: none has that id, or it has ended; and
 * with ERR_UNSUPPORTED: the system, or this process of it, tells only that one
 * has that id. */
int process_mark(int64_t pid, char *out, size_t size);

#endif
