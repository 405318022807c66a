/*
 * For a program that has no loop, may wait, and uses a library that has a
 * socket of its own. socket_wait.c in each system's folder.
 */
#ifndef PLATFORM_SOCKET_WAIT_H
#define PLATFORM_SOCKET_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum socket_wait {
	SOCKET_INPUT = 1, /* standard input has bytes, or is at its end */
	SOCKET_READ = 2,
	SOCKET_WRITE = 4,
};

/* Waits until standard input or the library's socket (-1: none) is ready for
 * one of `wanted`, or until that time of clock_now_ns(). Returns what is ready;
 * a socket that is broken is ready for all that was wanted of it. */
unsigned socket_wait(int fd, unsigned wanted, int64_t until_ns);

/* Ends a connection that is the library's: it will see, and close it. */
void socket_cut(int fd);

/* What an `errno` means that the library left of its socket. Valid until the
 * next call. */
const char *socket_error_text(int error);

/* Bounds what this program may take of memory, and leaves no core. */
void memory_bound(size_t bytes);

#endif
