/*
 * The ledger (ttsd/ledger/ledger.h) as a process that is kept alive: requests
 * go in with a number, its answers come as events. It never waits.
 */
#ifndef TTSD_DURABLE_LEDGER_PROCESS_H
#define TTSD_DURABLE_LEDGER_PROCESS_H

#include <jansson.h>

#include "platform/platform.h"

struct ledger_process;

/* What it tells when it is open (ttsd/ledger/ledger.h). */
struct ledger_hello {
	uint64_t next_id;
	bool complete;
	uint64_t told;
};

struct ledger_process_events {
	/* It is open, and told this; requests of an earlier process have no
	 * answer any more. */
	void (*opened)(void *arg, const struct ledger_hello *hello);
	/* All requests up to that number are on the disk. */
	void (*kept)(void *arg, uint64_t number);
	/* A row of the answer to a request, and its end. */
	void (*row)(void *arg, uint64_t number, const json_t *row);
	void (*done)(void *arg, uint64_t number, const json_t *answer);
	/* It takes more requests again. */
	void (*writable)(void *arg);
	/* It is gone, or not to be had; ledger_process_why() tells why. */
	void (*lost)(void *arg);
};

/* Starts one whose state directory is `dir` ("": the ledger's choice); it is
 * started again whenever it ends. All that is handed in must outlive it. Errors
 * as timer_new(). */
int ledger_process_new(struct loop *l, const char *dir,
    const struct ledger_process_events *events, void *arg,
    struct ledger_process **out);
/* NULL is fine. */
void ledger_process_free(struct ledger_process *p);

/* Hands a request over: an object's text, which gets a number. Returns that
 * number; 0: it is not open, or takes no more before `writable`. */
uint64_t ledger_process_ask(struct ledger_process *p, const char *request);

/* Starts one that waits to be started again at once. */
void ledger_process_hurry(struct ledger_process *p);

/* Is it asked to end, by the end of its input; and has it? What was handed over
 * is kept before; `complete` says that this is all there was. */
void ledger_process_stop(struct ledger_process *p, bool complete);
bool ledger_process_is_stopped(const struct ledger_process *p);

/* Its last words, or how it ended: "" while nothing is wrong. */
const char *ledger_process_why(const struct ledger_process *p);
uint64_t ledger_process_restarts(const struct ledger_process *p);

#endif
