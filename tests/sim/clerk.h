/*
 * The ledger of a simulated ttsd: it keeps what is on its disk from one ttsd to
 * the next, answers as ttsd/ledger/ledger.h says, or does not, as it is told.
 */
#ifndef TESTS_SIM_CLERK_H
#define TESTS_SIM_CLERK_H

#include "tests/fake/fake.h"

/* How it behaves, from the next request or start on. */
enum clerk_fate {
	CLERK_WELL,
	CLERK_REFUSES,   /* to open: it ends with a message */
	CLERK_IS_SILENT, /* opens, or goes on, without a word */
	CLERK_DIES,      /* at the next request, before that is on the disk */
};

/* An empty disk; all is well, and nothing takes time. */
void clerk_begin(void);
/* Forgets the disk. */
void clerk_end(void);

/* The same around a test of cmocka's. */
int clerk_setup(void **state);
int clerk_teardown(void **state);
#define ON_DISK(test) \
	cmocka_unit_test_setup_teardown(test, clerk_setup, clerk_teardown)

void clerk_set_fate(enum clerk_fate fate);
/* How long the disk takes for what it is given at a time. */
void clerk_set_delay(int64_t ns);
/* Has one that is silent go on with what it was asked meanwhile. */
void clerk_wake(void);

/* Is that process a ledger? Then it is the clerk's. For `spawned` of
 * fake_on_spawn(). */
bool clerk_takes(struct process *p);

/* How often it was asked for a page of what waits. */
unsigned clerk_pages(void);

/* What is on the disk: how many announcements, and of one a field's text; ""
 * where there is none. Numbers too are text. "receipt" is the state of the last
 * receipt. */
size_t clerk_count(void);
const char *clerk_text(uint64_t id, const char *field);

/* Puts an announcement on the disk, as an earlier ttsd would have. */
void clerk_put(uint64_t id, const char *fields);

#endif
