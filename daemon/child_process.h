/*
 * A process that is kept alive: the machine of common/child, its timer, and the
 * process that it speaks of. Who has one feeds what happens, and says what is
 * to be spawned.
 */
#ifndef DAEMON_CHILD_PROCESS_H
#define DAEMON_CHILD_PROCESS_H

#include <jansson.h>

#include "common/child/child.h"
#include "platform/platform.h"
#include "platform/succession.h"

struct child_process_events {
	/* Fills in what is to be spawned; what it refers to is valid until the
	 * call after it. An error: it cannot be told now. */
	int (*describe)(void *arg, struct process_spec *out);
	/* It was spawned; NULL: nobody asks. Or it could not be, `err` says
	 * why. */
	void (*begun)(void *arg);
	void (*failed)(void *arg, int err);
	/* What it says, and that it takes more again; as in struct
	 * process_events. NULL: it is left out. */
	void (*out)(void *arg, const uint8_t *data, size_t len);
	void (*err)(void *arg, const uint8_t *data, size_t len);
	void (*writable)(void *arg);
	/* It is gone; what the machine makes of that follows. */
	void (*gone)(void *arg, const struct process_end *end);
	/* The machine left the state `from`; what it asks for follows. */
	void (*changed)(void *arg, enum child_state from);
};

struct child_process {
	struct loop *loop;
	const struct child_process_events *events;
	void *arg;
	struct child child;
	struct timer *timer;
	struct process *process; /* NULL: none */
};

/* Makes one that is stopped; child_init() is the holder's. `events` and `arg`
 * must outlive it. Fails as timer_new(). */
int child_process_init(struct child_process *p, struct loop *l,
    const struct child_process_events *events, void *arg);
/* Kills what runs; no callback afterwards. */
void child_process_done(struct child_process *p);

/* Returns what the program's successor needs to keep it, process and all; NULL
 * without memory. */
json_t *child_process_hand_over(
    const struct child_process *p, struct parcel *parcel);
/* Goes on with it, after child_init(). A process that cannot be had is as good
 * as gone. ERR_INVALID: that is no such word, and it stays as it was. */
int child_process_take_over(
    struct child_process *p, struct parcel *parcel, const json_t *word);

void child_process_feed(struct child_process *p, enum child_event event);
/* child_watch(). */
void child_process_watch(struct child_process *p, bool watched);

#endif
