/*
 * The kit's seam to the system: standard input and output, time, a copy of
 * the process, and faults on demand. Together with kit_child.h and kit_folder.h
 * it is all that posix/ and win32/ implement.
 */
#ifndef TTSD_ENGINES_KIT_KIT_IO_H
#define TTSD_ENGINES_KIT_KIT_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum io_ready {
	IO_IN = 1,   /* input has bytes, or is at its end */
	IO_OUT = 2,  /* output takes bytes */
	IO_GONE = 4, /* nobody reads our output, or feeds our input, any more */
};

/* Takes standard input and output away from the rest of the process and
 * makes every line of common/log go to standard error. */
int io_open(void);

/* Waits for IO_IN and IO_OUT as wanted. timeout_ms < 0: for ever. Returns a
 * set of enum io_ready, 0 on the time-out, or a negative enum err. */
int io_wait(unsigned want, int timeout_ms);

/* Sets a variable of the environment, for a library that looks there. */
void io_set_variable(const char *name, const char *value);

/* Bytes that were there, 0 at the end of file, ERR_AGAIN for none yet. */
long io_read(void *data, size_t cap);

/* Bytes that were taken without waiting, ERR_AGAIN for none, ERR_CLOSED. */
long io_write(const void *data, size_t len);

/* A clock that only goes forward. */
int64_t io_now_ns(void);

/* Zeroed memory that io_isolate() copies keep in common. NULL: none left. */
void *io_shared(size_t len);

/* io_isolate() returns this when the copy crashed. */
#define IO_CRASHED 256

/* Runs body() in a copy of this process and waits for its end. Returns what
 * body() returned (0 to 255), or IO_CRASHED and by which signal. When somebody
 * killed the copy, this process dies of the same signal.
 * ERR_UNSUPPORTED where there is no such thing. */
int io_isolate(int (*body)(void *ctx), void *ctx, int *crash);

/* Dies of that signal, so that whoever watches this process sees the truth. */
void io_die_of(int number) __attribute__((noreturn));

/* Faults, for tests: as if killed; deaf to all but that; stopped for good (a
 * deaf process ends itself after 5 minutes, so that no test leaves one). */
void io_crash(void) __attribute__((noreturn));
void io_deaf(void);
void io_stop(void) __attribute__((noreturn));

#endif
