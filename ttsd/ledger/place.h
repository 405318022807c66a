/*
 * Where the ledger lies: its folder, the files there, and whether they are of
 * any use. What a start finds wrong with them `ttsd --check-config` says in the
 * same words.
 */
#ifndef TTSD_LEDGER_PLACE_H
#define TTSD_LEDGER_PLACE_H

#include "platform/state_dir.h"
#include "ttsd/ledger/ledger.h"

struct place {
	struct state_dir dir;
	char path[PLATFORM_PATH_MAX];  /* of the database */
	char owner[PLATFORM_PATH_MAX]; /* of the file that tells whose it is */
	/* What is wrong: with which file or folder, what, and what to do. */
	const char *culprit, *why, *remedy;
};

/* What to do about a file or folder that is of no use. */
extern const char place_remedy[];

/* Finds the folder as state_dir_open() does, and makes it; or makes nothing,
 * and tells what state_dir_look() does. Returns LEDGER_ENDED, or the status to
 * exit with, and what is wrong. */
enum ledger_exit place_open(struct place *p, const char *configured);
enum ledger_exit place_look(struct place *p, const char *configured);

#endif
