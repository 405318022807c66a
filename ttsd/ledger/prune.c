/* Forgets what has ended long ago, in small steps. */
#include <stdint.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "ttsd/ledger/answer.h"

/* A step takes so many announcements, and gives so many pages back. */
#define STEP_ROWS 200
#define STEP_PAGES "64"

/* Takes those that ended first, up to then, with their receipts; adds to *n how
 * many announcements they were. */
static bool
forget(struct work *w, int64_t before_ms, int64_t rows, int64_t *n)
{
	sqlite3_stmt *st = statements_get(w->statements,
	    "DELETE FROM announcement WHERE id IN"
	    " (SELECT id FROM announcement WHERE ended_ms < ?"
	    " ORDER BY ended_ms LIMIT ?)");
	bool done;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, before_ms);
	sqlite3_bind_int64(st, 2, rows);
	done = sqlite3_step(st) == SQLITE_DONE;
	*n += done ? sqlite3_changes64(w->statements->db) : 0;
	sqlite3_reset(st);
	return done;
}

/* Bytes of the pages that hold something. */
static bool
bytes_in_use(struct work *w, int64_t *out)
{
	sqlite3_stmt *st = statements_get(w->statements,
	    "SELECT (page_count - freelist_count) * page_size FROM"
	    " pragma_page_count, pragma_freelist_count, pragma_page_size");
	bool found = st && sqlite3_step(st) == SQLITE_ROW;

	*out = found ? sqlite3_column_int64(st, 0) : 0;
	if (st)
		sqlite3_reset(st);
	return found;
}

/* Forgets the calls of before all announcements, for of numbers that were
 * passed over there was none; who waits is not forgotten before that time. */
static bool
forget_calls(struct work *w, int64_t before_ms)
{
	sqlite3_stmt *st = statements_get(w->statements,
	    "DELETE FROM call WHERE id < (SELECT min(id) FROM announcement)"
	    " AND (state <> 'waiting' OR time < ?)");
	bool done = false;

	if (st) {
		sqlite3_bind_int64(st, 1, before_ms);
		done = sqlite3_step(st) == SQLITE_DONE;
		sqlite3_reset(st);
	}
	return done;
}

bool
prune_step(struct work *w)
{
	sqlite3 *db = w->statements->db;
	int64_t before_ms = body_integer(w->body, "before_ms", 0);
	int64_t bytes_max = body_integer(w->body, "bytes", INT64_MAX), bytes;
	int64_t pruned = 0;
	json_t *last = answer_last(w);
	bool ok;

	ok =
	    forget(w, before_ms, STEP_ROWS, &pruned) && bytes_in_use(w, &bytes);
	if (ok && bytes > bytes_max)
		ok = forget(w, INT64_MAX, STEP_ROWS, &pruned);
	if (ok && pruned > 0)
		ok = forget_calls(w, before_ms);
	if (ok)
		ok = sqlite3_exec(db,
			 "PRAGMA incremental_vacuum(" STEP_PAGES ")", NULL,
			 NULL, NULL) == SQLITE_OK;
	body_put(&last, "pruned", json_integer(pruned));
	return answer_put(w->out, last) && ok;
}
