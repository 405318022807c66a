#include "ttsd/ledger/tables.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

/* Each step makes the next version of the one before; what has been released
 * is never changed. */
static const char *const steps[] = {
	/* AUTOINCREMENT remembers the highest id when its row is forgotten. */
	"CREATE TABLE announcement ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" channel TEXT NOT NULL,"
	" key TEXT,"
	" text TEXT,"
	" request TEXT NOT NULL,"
	" accepted_ms INTEGER NOT NULL,"
	" due_ms INTEGER,"
	" expires_ms INTEGER,"
	" uid INTEGER,"
	" pid INTEGER,"
	" started_ms INTEGER,"
	" replays INTEGER NOT NULL DEFAULT 0,"
	" ended_ms INTEGER,"
	" outcome TEXT,"
	" reason TEXT,"
	" first_sample INTEGER,"
	" last_sample INTEGER);"
	"CREATE INDEX unended ON announcement(id) WHERE outcome IS NULL;"
	"CREATE INDEX by_acceptance ON announcement(accepted_ms);"
	"CREATE INDEX by_end ON announcement(ended_ms)"
	" WHERE ended_ms IS NOT NULL;"
	/* One row: had the last ttsd told all that it had to tell? */
	"CREATE TABLE ending (clean INTEGER NOT NULL);"
	"INSERT INTO ending VALUES (1);",
	/* What became of an announcement at an output. */
	"CREATE TABLE receipt ("
	" id INTEGER NOT NULL,"
	" output TEXT NOT NULL,"
	" state TEXT NOT NULL,"
	" sent_ms INTEGER,"
	" delivered_ms INTEGER,"
	" decided_ms INTEGER,"
	" delay_ms INTEGER,"
	" confidence REAL,"
	" reason TEXT,"
	" PRIMARY KEY (id, output)) WITHOUT ROWID;"
	"CREATE INDEX missed ON receipt(id) WHERE state = 'missed';"
	"CREATE TRIGGER forget AFTER DELETE ON announcement"
	" BEGIN DELETE FROM receipt WHERE id = old.id; END;",
	/* The number of the event that told an end, and how far such numbers
	 * may have come. */
	"ALTER TABLE announcement ADD COLUMN seq INTEGER;"
	"CREATE INDEX by_seq ON announcement(seq) WHERE seq IS NOT NULL;"
	"ALTER TABLE ending ADD COLUMN told INTEGER NOT NULL DEFAULT 0;",
	/* How many readers its channel had when it was accepted, or began. */
	"ALTER TABLE announcement ADD COLUMN readers INTEGER;",
	/* For whom it was asked. */
	"ALTER TABLE announcement ADD COLUMN \"by\" TEXT;",
	/* Numbers of series, and what was called. A number that was passed over
	 * is a call without an announcement. */
	"CREATE TABLE series ("
	" name TEXT PRIMARY KEY,"
	" next INTEGER NOT NULL,"
	" day INTEGER NOT NULL,"
	" called INTEGER NOT NULL,"
	" turn INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE call ("
	" id INTEGER PRIMARY KEY,"
	" last_id INTEGER NOT NULL,"
	" series TEXT NOT NULL,"
	" turn INTEGER NOT NULL,"
	" ticket TEXT NOT NULL,"
	" counter TEXT,"
	" number INTEGER,"
	" day INTEGER,"
	" time INTEGER NOT NULL,"
	" \"by\" TEXT,"
	" key TEXT,"
	" state TEXT NOT NULL,"
	" UNIQUE (series, turn));"
	"CREATE TRIGGER forget_call AFTER DELETE ON announcement"
	" BEGIN DELETE FROM call WHERE id = old.id; END;",
	/* The transfer that a call, or a later transfer, takes up: it is
	 * forgotten with that, for it would wait again. */
	"ALTER TABLE call ADD COLUMN waited INTEGER;"
	"CREATE INDEX by_waited ON call(waited) WHERE waited IS NOT NULL;"
	"CREATE TRIGGER forget_transfer AFTER DELETE ON call"
	" WHEN old.waited IS NOT NULL AND old.state <> 'uncalled'"
	" BEGIN DELETE FROM call WHERE id <= old.waited"
	" AND ticket = old.ticket AND state = 'waiting'; END;",
	/* How many rounds were said of what is said until it is cancelled. */
	"ALTER TABLE announcement ADD COLUMN rounds INTEGER;",
	/* What a request has asked to have said again and again. */
	"CREATE TABLE schedule ("
	" name TEXT PRIMARY KEY,"
	" entry TEXT NOT NULL,"
	" turn INTEGER NOT NULL) WITHOUT ROWID;",
};

#define VERSION ((int)(sizeof(steps) / sizeof(steps[0])))

/* Returns the first number of the first row; `none` where there is no row, -1
 * where it fails. */
static int
tables_number(sqlite3 *db, const char *sql, int none)
{
	sqlite3_stmt *st = NULL;
	int number = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK)
		switch (sqlite3_step(st)) {
		case SQLITE_ROW:
			number = sqlite3_column_int(st, 0);
			break;
		case SQLITE_DONE:
			number = none;
			break;
		default:
			break;
		}
	sqlite3_finalize(st);
	return number;
}

static bool
tables_migrate(sqlite3 *db, int version)
{
	char mark[80];
	int rc = SQLITE_OK;

	for (; rc == SQLITE_OK && version < VERSION; version++)
		rc = sqlite3_exec(db, steps[version], NULL, NULL, NULL);
	snprintf(mark, sizeof(mark),
	    "PRAGMA application_id=%d; PRAGMA user_version=%d",
	    TABLES_APPLICATION, VERSION);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, mark, NULL, NULL, NULL);
	return rc == SQLITE_OK;
}

static bool
begin_ids(sqlite3 *db, int64_t first_id)
{
	char sql[120];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO sqlite_sequence VALUES ('announcement', %" PRId64 ")",
	    first_id - 1);
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static enum tables_state
tables_check(sqlite3 *db, int64_t first_id)
{
	int application = tables_number(db, "PRAGMA application_id", 0);
	int version = tables_number(db, "PRAGMA user_version", 0);
	int tables = tables_number(db, "SELECT count(*) FROM sqlite_schema", 0);

	if (application < 0 || version < 0 || tables < 0)
		return TABLES_FAILED;
	if (application != TABLES_APPLICATION &&
	    (application != 0 || version != 0 || tables != 0))
		return TABLES_FOREIGN;
	if (version > VERSION)
		return TABLES_NEWER;
	if (version < VERSION && !tables_migrate(db, version))
		return TABLES_FAILED;
	return version > 0 || begin_ids(db, first_id) ? TABLES_READY
						      : TABLES_FAILED;
}

enum tables_state
tables_prepare(sqlite3 *db, int64_t first_id)
{
	enum tables_state state;

	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return TABLES_FAILED;
	state = tables_check(db, first_id);
	if (state == TABLES_READY &&
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		state = TABLES_FAILED;
	return state;
}
