/*
 * The `captions` programs of a supervisor, played in the fake world. They have
 * begun soon and write a segment every second, unless a test asks for something
 * else.
 */
#ifndef TESTS_SIM_SCRIBES_H
#define TESTS_SIM_SCRIBES_H

#include "tests/fake/fake.h"

#define SCRIBE_READY_NS (20 * NS_PER_MS)
#define SCRIBE_BEAT_NS NS_PER_S
#define SCRIBE_LAST_NS (500 * NS_PER_MS)
#define SCRIBE_COMPLAINT "its captions cannot be written: no space left"

enum scribe_fate {
	SCRIBE_WELL,
	SCRIBE_NO_SPAWN,   /* it can't be started */
	SCRIBE_CANNOT_RUN, /* it is no program */
	SCRIBE_CRASHES,    /* at once */
	SCRIBE_HANGS,      /* as its disk does, and does not end when asked */
	SCRIBE_COMPLAINS,  /* its disk is full, until the fate is another */
	SCRIBE_IS_LOST,    /* it crashes later */
	SCRIBE_FINISHES,   /* it takes SCRIBE_LAST_NS for what is left */
	SCRIBE_FATES
};

/* All are well, and there was none yet. */
void scribes_begin(void);
/* Those that are started from now on have that fate. */
void scribes_fate(enum scribe_fate fate);

/* Is that process one? And plays it; for `spawned` of fake_on_spawn(). */
bool scribes_are(const struct process *p);
int scribes_spawned(struct process *p);

/* The one that has not ended; NULL. */
struct process *scribes_find(void);
/* How many were started. */
size_t scribes_started(void);
/* How many of SCRIBE_FINISHES wrote what was left. */
size_t scribes_finished(void);

#endif
