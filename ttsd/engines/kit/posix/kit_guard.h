/*
 * A guard over the process group of a program that an engine runs.
 *
 * On Linux the program itself dies with its engine (spawn_die_with()). What it
 * has started does not: a shell's pipeline would run on, once more for each
 * engine that was killed over a job. The guard (platform/posix/guard.h) is a
 * child of the engine in the program's group; when the engine dies, even by
 * SIGKILL, it kills the group.
 */
#ifndef TTSD_ENGINES_KIT_POSIX_KIT_GUARD_H
#define TTSD_ENGINES_KIT_POSIX_KIT_GUARD_H

#include <sys/types.h>

struct kit_guard {
	pid_t pid; /* 0: none */
	int life;  /* our end of what it reads; -1: none */
};

/* Sets a guard over `group`, whose leader is a child that was not reaped yet.
 * Where that fails there is none. */
void kit_guard_begin(struct kit_guard *g, pid_t group);

/* Sets another guard when this one was killed. */
void kit_guard_renew(struct kit_guard *g, pid_t group);

/* Ends the guard, if there is one. */
void kit_guard_end(struct kit_guard *g);

#endif
