/*
 * An engine that needs no more than a few folders gives up the rest
 * (platform/posix/sandbox.h), before it reads what others wrote.
 * posix/kit_confine.c, on Linux; elsewhere it does nothing.
 */
#ifndef TTSD_ENGINES_KIT_KIT_CONFINE_H
#define TTSD_ENGINES_KIT_KIT_CONFINE_H

#include <stdbool.h>

/* Once, in start(). `readable` are the files and folders that jobs need; NULL
 * ends them. `may_copy`: an engine with `isolate`. What the system lacks is
 * told at level info. */
void kit_confine(const char *const *readable, bool may_copy);

#endif
