/*
 * Programs and the pipes to them, without a loop: what platform/win32 and the
 * engines' kit have in common.
 */
#ifndef PLATFORM_WIN32_SPAWN_H
#define PLATFORM_WIN32_SPAWN_H

#include <stdbool.h>
#include <windows.h>

/* The exit code of what we end by force. */
#define SPAWN_KILLED 0xe0747364u /* "tsd", as no program chooses it */

/* A pipe with one end for us, overlapped, and one for a child, to be
 * inherited. */
int spawn_pipe(bool we_write, HANDLE *ours, HANDLE *theirs);
/* An empty input, to be inherited. */
int spawn_null(HANDLE *theirs);

/* A job whose processes end with it: with its last handle, so however we
 * end. NULL: out of memory. */
HANDLE spawn_job(void);

/* A program as the system knows it. */
struct spawn_command {
	wchar_t *program;
	wchar_t *line;        /* all words, quoted */
	wchar_t *environment; /* NULL: ours */
};

/* Finds argv[0] along PATH unless it has a folder; ".exe" may be left out.
 * Never a batch file: those are run by a shell. ERR_NOT_FOUND,
 * ERR_NOT_PROGRAM. */
int spawn_prepare(const char *const *argv, struct spawn_command *out);
/* Adds "NAME=VALUE" to what is our environment now. ERR_NOMEM. */
int spawn_command_grant(struct spawn_command *c, const char *variable);
void spawn_command_done(struct spawn_command *c);

/* Runs it within the job, with nothing but these three handles: input,
 * output, errors. May take long: it reads the program from a disk. */
int spawn_run(const struct spawn_command *c, HANDLE const standard[3],
    HANDLE job, HANDLE *process, DWORD *pid);

#endif
