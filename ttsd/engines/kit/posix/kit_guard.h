/*
 * A guard over the process group of a program that an engine runs.
 *
 * The program itself dies with its engine (spawn_die_with()). What it has
 * started does not: a shell's pipeline would run on, once more for each engine
 * that was killed over a job. The guard is a child of the engine in the
 * program's group; when the engine dies, even by SIGKILL, it kills the group.
 * Linux only: elsewhere there is no guard, and a closed pipe has to do.
 */
#ifndef TTSD_ENGINES_KIT_POSIX_KIT_GUARD_H
#define TTSD_ENGINES_KIT_POSIX_KIT_GUARD_H

#include <sys/types.h>

/* Sets a guard over `group`, whose leader is a child that was not reaped yet.
 * Returns the guard's process id, or 0 when there is none. */
pid_t kit_guard_begin(pid_t group);

/* Sets another guard when this one was killed. */
void kit_guard_renew(pid_t *guard, pid_t group);

/* Ends the guard; 0 is fine. */
void kit_guard_end(pid_t guard);

#endif
