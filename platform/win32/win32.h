/*
 * What the files of platform/win32 share.
 *
 * libev on Windows knows sockets and timers. Everything else (pipes, ends of
 * processes) completes on one completion port; one pump thread takes the
 * completions off it and queues them for the loop's thread, where all the
 * rest happens.
 */
#ifndef PLATFORM_WIN32_WIN32_H
#define PLATFORM_WIN32_WIN32_H

#include <winsock2.h>
/* winsock2.h has to come first. */
#include <windows.h>

#include "platform/loop_core.h"
#include "platform/win32/spawn.h"
#include "platform/win32/utf16.h"

/* One operation that completes later. Its holder must live until then. */
struct op {
	OVERLAPPED overlapped;
	struct op *next;
	/* Called on the loop's thread, with ERROR_SUCCESS or a Win32 error. */
	void (*done)(struct op *op, DWORD error, DWORD bytes);
	DWORD error, bytes;
};

struct loop {
	struct loop_core core;
	LONG signals[2]; /* of enum loop_signal: came, and not told yet */
	size_t pending;  /* operations under way */
	struct stream *lingering; /* closed, but still writing */
	HANDLE port, pump;
	CRITICAL_SECTION lock; /* of the following */
	struct op *done, **done_end;
	ev_async wake;
};

/* Completions of this handle's operations arrive in the loop. */
int loop_attach(struct loop *l, HANDLE handle);
/* An operation begins: call it before the system is asked. */
void op_begin(struct loop *l, struct op *op);
/* Takes note that the operation did not come about; `done` will not be called.
 */
void op_abandon(struct loop *l, struct op *op);
/* Completes an operation by hand. From any thread. */
void op_post(struct loop *l, struct op *op, DWORD error, DWORD bytes);
/* Delivers a signal (service stop, Ctrl-C) from any thread. Without a loop,
 * nothing happens. */
void loop_signal_from_outside(enum loop_signal signal);

/* Takes over an overlapped handle that is attached to the loop. */
int stream_new(struct loop *l, HANDLE handle, struct stream **out);
/* Closed streams get no more time to write what they had accepted. */
void streams_cut(struct loop *l);
/* Marks a stream as a pipe that can only be written. */
void stream_write_only(struct stream *s);

/* The one flat folder of all pipes. */
#define PIPES "\\\\.\\pipe\\"
/* Names a pipe. */
bool pipe_is_name(const char *path);

/* L"\\.\pipe\…", to be released with free(); ERR_INVALID for another path. */
int pipe_name(const char *path, wchar_t **out);

/* This user, administrators and the system; nobody else, and nothing that is
 * inherited. To be released with LocalFree(). */
int pipe_security(PSECURITY_DESCRIPTOR *out);
/* The same for a folder, and for what is made in it. */
int folder_security(PSECURITY_DESCRIPTOR *out);

/* Any user can make a pipe of our name before we do. ERR_UNTRUSTED unless
 * this one's owner is us, an administrator or an account of the system. */
int pipe_check_owner(HANDLE pipe);

/* The folder for what belongs to all users, C:\ProgramData; MAX_PATH. */
int path_program_data(wchar_t *out);

#endif
