/* Another program, run to its end, and what it says. */
#ifndef TTSCTL_DOCTOR_PROGRAM_H
#define TTSCTL_DOCTOR_PROGRAM_H

#include "platform/platform.h"

struct ran {
	struct process_end end; /* end.err: it could not be run */
	bool late;              /* it was killed, for it took too long */
	struct buf out, err;    /* what it said, at most PROGRAM_SAID_MAX */
};

#define PROGRAM_SAID_MAX (256 * 1024)

/* Runs it with an empty standard input, for `patience_ns` at most. ran_done()
 * is due. */
void program_run(struct loop *l, const char *const argv[], int64_t patience_ns,
    struct ran *out);
void ran_done(struct ran *r);

/* Finds one of our programs beside this one, or else by its name. */
void our_program(const char *name, char *out, size_t size);

/* Writes how it came to nothing: "no such file", "exit status 1", "took more
 * than 10 s". */
void ran_describe(const struct ran *r, char *out, size_t size);

/* Calls `fn` with each line of what was said, made safe. */
void said_lines(
    const struct buf *said, void (*fn)(void *arg, const char *line), void *arg);

#endif
