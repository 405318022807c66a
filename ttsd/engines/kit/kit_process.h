/*
 * One outside program at a time: fed on its standard input, read from its
 * standard output, its standard error taken up by kit_complaint.h, never left
 * behind.
 *
 * The program leads a process group of its own, which is killed as a whole;
 * on Linux the program also dies with the engine, however that ends.
 */
#ifndef TTSD_ENGINES_KIT_KIT_PROCESS_H
#define TTSD_ENGINES_KIT_KIT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct kit_process;

/* Says how a program ended. */
struct kit_process_end {
	bool killed;   /* by us: it had closed its output but lived on */
	bool signaled; /* by a signal, else it exited */
	int number;    /* of the signal, or the exit status */
};

/* Starts argv[0], found along PATH, never through a shell. The input is not
 * copied and is fed as the program takes it. An enum err where the program
 * cannot be run. */
int kit_process_start(struct kit_process **out, char *const argv[],
    const void *input, size_t len);

/* Bytes of its output, 0 at the end of it, ERR_TIMEOUT when none came for
 * timeout_ms (0: wait for ever), ERR_CLOSED when the job is not wanted. */
long kit_process_read(
    struct kit_process *p, void *data, size_t cap, unsigned timeout_ms);

/* Waits for it to end, but not for long, and releases it. ERR_CLOSED when the
 * job is not wanted. */
int kit_process_finish(struct kit_process *p, struct kit_process_end *end);

/* Ends it by force and releases it. NULL is fine. */
void kit_process_kill(struct kit_process *p);

#endif
