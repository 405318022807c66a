/* A child that works as a copy of ours (struct process_copy). */
#ifndef PLATFORM_POSIX_COPY_H
#define PLATFORM_POSIX_COPY_H

#include <stdbool.h>

#include "platform/platform.h"
#include "platform/posix/spawn.h"

/* Runs in a forked child. Returns where it is to become the program of `s`,
 * which has its input then; else it ends. */
void copy_run(const struct process_copy *copy, struct spawn *s, bool program);

#endif
