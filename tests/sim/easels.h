/*
 * The `picture` programs of a supervisor, played in the fake world. They serve
 * their stream soon and tell so once a second, unless a test asks for something
 * else. The end of one is the end of the input of ffmpegs that read it.
 */
#ifndef TESTS_SIM_EASELS_H
#define TESTS_SIM_EASELS_H

#include "tests/fake/fake.h"

/* One tells how it is so long after its start, and so often then. */
#define EASEL_READY_NS (100 * NS_PER_MS)
#define EASEL_BEAT_NS NS_PER_S

enum easel_fate {
	EASEL_WELL,
	EASEL_NO_SPAWN,   /* it can't be started */
	EASEL_CANNOT_RUN, /* it is no program */
	EASEL_CRASHES,    /* at once */
	EASEL_MUTE,       /* it tells nothing, ever */
	EASEL_SERVES_NOT, /* it tells that there is no stream */
	/* The fates from here on come after it was well. */
	EASEL_IS_LOST, /* it crashes */
	EASEL_FREEZES, /* it tells nothing any more */
	EASEL_FATES
};

/* All are well, and there was none yet. */
void easels_begin(void);
/* Those that are started from now on have that fate. */
void easels_fate(enum easel_fate fate);

/* Is that process one? And plays it; for `spawned` of fake_on_spawn(). */
bool easels_are(const struct process *p);
int easels_spawned(struct process *p);

/* The one that has not ended and has `part` in its command line; NULL. */
struct process *easels_find(const char *part);
/* How many there were. */
size_t easels_started(void);
/* All tell that they have no stream, or have one again: they do not serve it
 * while ttsd is away. */
void easels_serve(bool serve);
/* All tell these fields of their status too: "'source':'running'". "": none. */
void easels_add(const char *fields);
/* Has one say that a reader is too slow. */
void easels_lag(struct process *p, int64_t pid);
/* Has one crash. */
void easels_crash(struct process *p);

#endif
