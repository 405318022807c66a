/*
 * Children of all systems have in common our ends of their pipes, and that one
 * is gone when its exit and the end of both its outputs have arrived.
 */
#ifndef PLATFORM_PROCESS_CORE_H
#define PLATFORM_PROCESS_CORE_H

#include "platform/platform.h"

enum process_pipe { PROCESS_IN, PROCESS_OUT, PROCESS_ERR, PROCESS_PIPES };

/* The first member of every struct process. */
struct process_core {
	struct loop *loop;
	const struct process_events *events;
	void *arg;
	/* Nothing more comes of the child; its `gone` is to be told. */
	void (*over)(struct process_core *c);
	bool input; /* its standard input is the owner's to write */
	struct stream *pipes[PROCESS_PIPES];
	bool exited;
	struct timer *drain;
	struct timer *rest; /* until standard error is read again */
	size_t heard;       /* bytes of standard error since `heard_ns` */
	int64_t heard_ns;
};

/* ERR_NOMEM. */
int process_core_init(struct process_core *c, struct loop *l,
    const struct process_spec *spec, const struct process_events *events,
    void *arg, void (*over)(struct process_core *c));
/* Closes the pipes that are open. */
void process_core_done(struct process_core *c);

/* Takes over our end of one of its pipes. */
void process_core_adopt(
    struct process_core *c, enum process_pipe which, struct stream *s);

/* Takes note that the child has exited; what it wrote before has
 * PROCESS_DRAIN_NS to arrive. */
void process_core_exited(struct process_core *c);
/* Takes note that the child never ran. */
void process_core_failed(struct process_core *c);

/* Returns "NAME=VALUE" of a variable that process_reserve() took, or NULL. */
const char *process_core_reserved(const char *name);
/* Calls `fn` with each of these. */
void process_core_each_reserved(
    void (*fn)(void *arg, const char *text), void *arg);

#endif
