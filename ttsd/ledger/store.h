/*
 * The database of the ledger: where it is, that it is ours alone, and that it
 * can be read. What cannot is set aside under another name, and a new one
 * begun, so that no damage keeps ttsd from keeping.
 */
#ifndef TTSD_LEDGER_STORE_H
#define TTSD_LEDGER_STORE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "ttsd/ledger/ledger.h"
#include "ttsd/ledger/owner.h"
#include "ttsd/ledger/place.h"
#include "ttsd/ledger/statements.h"

struct store {
	struct place place;
	char mark[PROCESS_MARK_MAX]; /* of our ttsd; "": it has none */
	sqlite3 *db;
	struct statements statements;
	int64_t next_id; /* of announcements */
	bool complete;   /* all that an earlier ttsd had to tell is there */
	int64_t told;    /* up to that number events may have been told */
};

/* Opens the database in the folder that place_open() finds, for the ttsd of
 * that process id (0: for none). Returns LEDGER_ENDED, or the status to exit
 * with; standard error tells why. */
enum ledger_exit store_open(
    struct store *s, const char *configured, int64_t ttsd);

/* Closes what is open. */
void store_close(struct store *s);

/* Says on standard error why the last operation has failed, and what becomes of
 * the file; what was begun is undone. Returns the status to exit with. */
enum ledger_exit store_failed(struct store *s);

/* Is the file still where it was opened? Whoever deletes it, or takes its disk
 * away, has SQLite write on into what nobody can open any more. LEDGER_ENDED,
 * or the status to exit with; standard error tells why. */
enum ledger_exit store_check_place(struct store *s);

/* Runs SQL without results. */
bool store_exec(struct store *s, const char *sql);

#endif
