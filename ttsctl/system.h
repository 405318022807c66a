/*
 * What a client needs of the operating system and platform/ does not have
 * yet; system_posix.c is the only file of ttsctl that knows the system.
 */
#ifndef TTSCTL_SYSTEM_H
#define TTSCTL_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

bool system_output_is_terminal(void);

/* The index-th folder (from 0) where a daemon's sockets may be, in the order
 * in which to look; nothing is created. ERR_NOT_FOUND past the last one.
 * An environment that names one ($RUNTIME_DIRECTORY) leaves no other. */
int system_runtime_dir(unsigned index, char *out, size_t size);

/* Gives the signals back their default action: a client just ends, also
 * while it is held up writing. After loop_new(). */
void system_default_signals(void);

#endif
