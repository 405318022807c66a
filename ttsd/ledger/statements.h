/*
 * Statements of SQL, each compiled once. They are few and known by their text.
 */
#ifndef TTSD_LEDGER_STATEMENTS_H
#define TTSD_LEDGER_STATEMENTS_H

#include <sqlite3.h>

#define STATEMENTS_MAX 32

struct statements {
	sqlite3 *db;
	struct {
		const char *sql;
		sqlite3_stmt *statement;
	} known[STATEMENTS_MAX];
};

void statements_init(struct statements *s, sqlite3 *db);
void statements_done(struct statements *s);

/* Returns the statement, ready to be bound; `sql` outlives it. NULL: it could
 * not be compiled, and sqlite3_errcode() tells why. */
sqlite3_stmt *statements_get(struct statements *s, const char *sql);

#endif
