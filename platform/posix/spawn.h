/*
 * Children between fork() and exec: what platform/posix and the engines' kit
 * have in common. program.h finds what they run.
 */
#ifndef PLATFORM_POSIX_SPAWN_H
#define PLATFORM_POSIX_SPAWN_H

#include <sys/types.h>

/* All of it is made before the fork. */
struct spawn {
	const char *path;        /* of program_find() */
	int error;               /* its errno; 0: `path` is there */
	const char *const *argv; /* NULL-terminated */
	char *const *env;        /* likewise */
	int standard[3];         /* input, output, errors; none of them on
				  * another one's number */
	int kept; /* a descriptor that the program has, too; 0 or less: none */
	/* A pipe that closes on exec; where that fails, the errno (an int)
	 * comes through it. */
	int report;
	pid_t parent;
	/* Ours of two ends that the parent has the other of until it ends or
	 * the program did; -1: somebody else sees to spawn_die_with(). */
	int life;
};

/* Comes first: a forked child leads its group, has the usual signals, and dies
 * with its parent. */
void spawn_be_child(const struct spawn *s);

/* Turns it into the program, or ends it. The program has no descriptor but
 * those. No shell is ever asked to run what is no program. */
_Noreturn void spawn_become(const struct spawn *s);

/* Has this forked child killed when `parent` ends, even by a crash: by Linux,
 * elsewhere by a guard (guard.h) at `life`, without which (-1) nobody does it.
 */
void spawn_die_with(pid_t parent, int life);

/* Closes every descriptor from `first` on but `kept`. */
void spawn_close(int first, int kept);

#endif
