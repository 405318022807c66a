/*
 * A guard over a group of processes: a process of the group that kills the
 * whole of it when another one, which stands outside, ends, even by SIGKILL.
 *
 * It is not there for what has left the group, nor when it was killed itself:
 * it takes no notice of SIGTERM, SIGINT and SIGHUP.
 */
#ifndef PLATFORM_POSIX_GUARD_H
#define PLATFORM_POSIX_GUARD_H

#include <sys/types.h>

/* Turns a forked process into the guard of `group`. `life` is an end of a pipe
 * or socket whose other end only he who is watched has, and writes nothing to:
 * when that is closed, the group is killed. Every other descriptor is closed
 * here. */
_Noreturn void guard_stand(pid_t group, int life);

#endif
