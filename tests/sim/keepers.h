/*
 * The keepers of a supervisor's files, played in the fake world. They are ready
 * soon and see files grow, unless a test asks for something else.
 */
#ifndef TESTS_SIM_KEEPERS_H
#define TESTS_SIM_KEEPERS_H

#include "tests/fake/fake.h"

/* A keeper is ready, or not, so long after its start. */
#define KEEPER_READY_NS (50 * NS_PER_MS)
/* So often it has something to tell then. */
#define KEEPER_BEAT_NS NS_PER_S
/* What it says of a folder that is not there, and of a full one. */
#define KEEPER_NO_FOLDER "the folder '/rec' is not there"
#define KEEPER_NO_SPACE "the folder '/rec': no space left"

enum keeper_fate {
	FATE_WELL,
	FATE_NO_SPAWN,   /* it can't be started */
	FATE_CANNOT_RUN, /* it is no program */
	FATE_REFUSES,    /* somebody has to make the folder */
	FATE_FAILS,      /* the folder is full */
	FATE_MUTE,       /* it ends and says nothing */
	FATE_CRASHES,    /* at once */
	FATE_HANGS,      /* as its disk does */
	/* The fates from here on come after it was ready. */
	FATE_SEES_NOTHING, /* no file grows */
	FATE_COMPLAINS,    /* what has the name can't be moved aside */
	FATE_IS_LOST,      /* it crashes */
	FATE_COUNT
};

/* All keepers are well, and there was none yet. */
void keepers_begin(void);
/* Those that are started from now on have that fate. */
void keepers_fate(enum keeper_fate fate);
/* They tell that ffmpeg is to begin with that number. */
void keepers_number(int number);

/* Is that process one? And plays it; for `spawned` of fake_on_spawn(). */
bool keepers_are(const struct process *p);
int keepers_spawned(struct process *p);

/* The keeper that has not ended and has `part` in its command line; NULL. */
const struct process *keepers_find(const char *part);
/* How many have not ended. */
size_t keepers_living(void);

#endif
