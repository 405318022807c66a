/*
 * A process that has opened what it needs gives the rest away: no network, no
 * other program, nothing written, nothing read but what it names, no memory
 * that is both written and run. For programs of one job that parse what others
 * wrote. On Linux; elsewhere it does nothing.
 */
#ifndef PLATFORM_POSIX_SANDBOX_H
#define PLATFORM_POSIX_SANDBOX_H

#include <stdbool.h>

/* What holds from then on. */
enum sandbox_wall {
	SANDBOX_PRIVILEGES = 1, /* no new ones, by set-user-ID files */
	SANDBOX_FILES = 2,      /* Landlock: files, TCP, signals */
	SANDBOX_CALLS = 4,      /* seccomp */
	SANDBOX_WHOLE = 7,
};

struct sandbox {
	/* Files, and folders with all beneath them, that may still be read,
	 * beside what a program finds of the system's below /usr; NULL ends
	 * them. What is not there is passed over, and a link means what it
	 * leads to now: what comes in its place later is another thing. */
	const char *const *readable;
	bool may_copy; /* itself: fork(). Threads it always may have */
};

/* Never fails: what this kernel cannot do is missing in the set that is
 * returned; within valgrind it is empty. There is no way back, nor for any
 * child. What is forbidden fails with EPERM or EACCES, and kills nobody. Call
 * it while there is one thread. */
unsigned sandbox_enter(const struct sandbox *s);

#endif
