/*
 * A daemon makes way for a new version of its program without a gap. First the
 * new program is tried: as a child, which reads the configuration and all that
 * the daemon is, while the daemon goes on: a copy of it tells that. What fails
 * there leaves the daemon as it is. Then the new program takes its place in the
 * process (platform/succession.h), and what the trial read of files goes with
 * it, so that it waits for no disk, and gets what was tried.
 */
#ifndef DAEMON_UPGRADE_H
#define DAEMON_UPGRADE_H

#include "platform/succession.h"

/* The trial has so long. */
#define UPGRADE_PATIENCE_NS (5 * NS_PER_S)

/* The hidden option of a trial (daemon/command_line.c). */
#define UPGRADE_OPTION "--try-upgrade"

/* What makes a parcel the answer of a trial. */
#define UPGRADE_ANSWERED "answers"

struct upgrade;

struct upgrade_owner {
	/* Puts all that the daemon is into the document: for the trial, in a
	 * copy of the daemon, and again when it is time. What is wrong goes to
	 * `why`, with ERR_AGAIN where it is better later. `failed` follows
	 * where it was not for a trial, and the successor never came to be. */
	int (*save)(
	    void *arg, struct parcel *p, bool trial, char *why, size_t size);
	/* The new program is good: upgrade_go() is to follow soon, at the
	 * moment that suits best. NULL: any does. */
	void (*ready)(void *arg);
	/* The old program stays; `why` is for people. */
	void (*failed)(void *arg, const char *why);
};

/* `owner` and `arg` must outlive it. Fails as timer_new(). */
int upgrade_new(struct loop *l, const struct upgrade_owner *owner, void *arg,
    struct upgrade **out);
/* NULL is fine. */
void upgrade_free(struct upgrade *u);

/* Begins; `ready` or `failed` follows. Does nothing while it is under way. */
void upgrade_begin(struct upgrade *u);
/* Has the new program take our place, if it is ready. Returns only where that
 * fails, or it is not. */
void upgrade_go(struct upgrade *u);
/* What the trial has answered; NULL: the new program is not ready (yet). */
const json_t *upgrade_answer(const struct upgrade *u);
/* Leaves it at the trial: neither `ready` nor `failed` follows. */
void upgrade_drop(struct upgrade *u);
bool upgrade_is_under_way(const struct upgrade *u);

#endif
