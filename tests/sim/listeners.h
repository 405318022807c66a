/*
 * The `ear` programs of a supervisor, played in the fake world. They have begun
 * soon, and hear what a test has them hear.
 */
#ifndef TESTS_SIM_LISTENERS_H
#define TESTS_SIM_LISTENERS_H

#include "tests/fake/fake.h"

#define LISTENER_READY_NS (20 * NS_PER_MS)
/* So often they say what they hear. */
#define LISTENER_BEAT_NS (250 * NS_PER_MS)

enum listener_fate {
	LISTENER_WELL,
	LISTENER_NO_SPAWN,   /* it can't be started */
	LISTENER_CANNOT_RUN, /* it is no program */
	LISTENER_CRASHES,    /* at once */
	LISTENER_IS_LOST,    /* it crashes later */
	LISTENER_HANGS,      /* it says nothing, and does not end when asked */
	LISTENER_BABBLES,    /* its words are none, until the fate is another */
	LISTENER_FREEZES,    /* it says nothing any more, until then, too */
	LISTENER_FATES
};

/* All are well and hear silence, and there was none yet. */
void listeners_begin(void);
/* Those that are started from now on have that fate. */
void listeners_fate(enum listener_fate fate);
/* All hear that from now on: what ear/words.h has behind EAR_HEARD, where '
 * stands for ". */
void listeners_hear(const char *heard);
/* But those with `part` in their command line, which is kept, hear this. */
void listeners_hear_at(const char *part, const char *heard);
/* The one that lives, with `part` in its command line (NULL: any), tells of a
 * receipt, in the same way. */
void listeners_receipt(const char *part, const char *receipt);

/* Is that process one? And plays it; for `spawned` of fake_on_spawn(). */
bool listeners_are(const struct process *p);
int listeners_spawned(struct process *p);

/* The one with `part` in its command line (NULL: any) that has not ended; NULL.
 */
struct process *listeners_find(const char *part);
/* How many were started. */
size_t listeners_started(void);

#endif
