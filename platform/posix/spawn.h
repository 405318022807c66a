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
};

/* Turns a forked child into the program, or ends it. The program leads a group,
 * dies with its parent, has the usual signals, and no descriptor but those. No
 * shell is ever asked to run what is no program. */
_Noreturn void spawn_become(const struct spawn *s);

/* The first of that: the child leads its group, dies with its parent, and has
 * the usual signals. */
void spawn_be_child(pid_t parent);

/* Makes the system kill this forked child when `parent` ends, even by a crash
 * (Linux; elsewhere the end of file on standard input has to do). */
void spawn_die_with(pid_t parent);

#endif
