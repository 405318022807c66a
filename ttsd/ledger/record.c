/* Writes down what was accepted, and what became of it. */
#include <stdbool.h>

#include "common/log.h"
#include "ttsd/ledger/row.h"
#include "ttsd/ledger/work.h"

/* A value that no column takes is ttsd's mistake, and is told: the rest is
 * written down all the same. */
static bool
was_recorded(const struct work *w, int rc)
{
	if (rc != SQLITE_MISMATCH && rc != SQLITE_CONSTRAINT)
		return rc == SQLITE_DONE;
	log_error("request %lld has a value that cannot be kept",
	    (long long)w->number);
	return true;
}

bool
record_row(struct work *w, const char *sql, const char *const *names,
    const json_t *body)
{
	sqlite3_stmt *st = statements_get(w->statements, sql);
	int rc = st ? row_bind(st, names, body) : SQLITE_ERROR;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (st)
		sqlite3_reset(st);
	return was_recorded(w, rc & 0xff);
}

static bool
record(struct work *w, const char *sql, const char *const *names)
{
	return record_row(w, sql, names, w->body);
}

bool
record_accept(struct work *w)
{
	static const char *const names[] = { "id", "channel", "key", "text",
		"request", "accepted_ms", "due_ms", "expires_ms", "uid", "pid",
		"readers", "by", NULL };

	return record(w,
		   "INSERT OR IGNORE INTO announcement (id, channel, key, text,"
		   " request, accepted_ms, due_ms, expires_ms, uid, pid, "
		   "readers,"
		   " \"by\")"
		   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		   names) &&
	       record_called(w);
}

/* The same start may be handed over twice. Of an earlier one the note may have
 * been lost: ttsd says then that this one is not the first. */
bool
record_started(struct work *w)
{
	static const char *const names[] = { "started_ms", "id", "again",
		"readers", NULL };

	return record(w,
	    "UPDATE announcement SET"
	    " replays = replays + (started_ms IS NOT NULL OR ?3 IS NOT NULL),"
	    " started_ms = ?1, readers = ?4"
	    " WHERE id = ?2 AND outcome IS NULL AND started_ms IS NOT ?1",
	    names);
}

bool
record_ended(struct work *w)
{
	static const char *const names[] = { "ended_ms", "outcome", "reason",
		"first_sample", "last_sample", "rounds", "id", NULL };

	return record(w,
	    "UPDATE announcement SET ended_ms = ?, outcome = ?, reason = ?,"
	    " first_sample = ?, last_sample = ?, rounds = ?"
	    " WHERE id = ? AND outcome IS NULL",
	    names);
}

/* A verdict stays; what comes after it, or is handed over twice, adds no more
 * than its time. */
bool
record_receipt(struct work *w)
{
	static const char *const names[] = { "id", "output", "state", "time_ms",
		"delay_ms", "confidence", "reason", NULL };

	return record(w,
	    "INSERT INTO receipt SELECT ?1, ?2, ?3,"
	    " iif(?3 = 'sent', ?4, NULL), iif(?3 = 'delivered', ?4, NULL),"
	    " iif(?3 IN ('sent', 'delivered'), NULL, ?4), ?5, ?6, ?7"
	    " WHERE EXISTS (SELECT 1 FROM announcement WHERE id = ?1)"
	    " ON CONFLICT DO UPDATE SET"
	    " sent_ms = coalesce(sent_ms, excluded.sent_ms),"
	    " delivered_ms = coalesce(delivered_ms, excluded.delivered_ms),"
	    " state = iif(decided_ms IS NULL AND excluded.state <> 'sent',"
	    "  excluded.state, state),"
	    " delay_ms = iif(decided_ms IS NULL, excluded.delay_ms, delay_ms),"
	    " confidence ="
	    "  iif(decided_ms IS NULL, excluded.confidence, confidence),"
	    " reason = iif(decided_ms IS NULL, excluded.reason, reason),"
	    " decided_ms = coalesce(decided_ms, excluded.decided_ms)",
	    names);
}

bool
record_end_of_all(struct work *w)
{
	static const char *const names[] = { NULL };

	return record(w, "UPDATE ending SET clean = 1", names);
}

bool
record_numbered(struct work *w)
{
	static const char *const names[] = { "seq", "id", NULL };

	return record(w, "UPDATE announcement SET seq = ? WHERE id = ?", names);
}

/* Numbers only grow. */
bool
record_told(struct work *w)
{
	static const char *const names[] = { "id", NULL };

	return record(w, "UPDATE ending SET told = max(told, ?)", names);
}
