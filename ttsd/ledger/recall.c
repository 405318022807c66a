/* What a new ttsd has to know of an earlier one's: what waits still, which keys
 * are taken, how announcements ended of which somebody was not told, and what
 * the boards showed. */
#include "common/control/fields.h"
#include "ttsd/ledger/answer.h"
#include "ttsd/ledger/row.h"

bool
recall_waiting(struct work *w)
{
	int64_t limit = body_integer(w->body, "limit", 1);
	sqlite3_stmt *st = statements_get(w->statements,
	    "SELECT id, channel, key, accepted_ms, due_ms, expires_ms,"
	    " started_ms, readers, iif(json_valid(request) AND"
	    "  NOT instr(request, char(10)), request, '{}') AS request"
	    " FROM announcement"
	    " WHERE outcome IS NULL AND id > ? AND id < ? ORDER BY id LIMIT ?");

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, body_integer(w->body, "after", 0));
	sqlite3_bind_int64(st, 2, body_integer(w->body, "before", INT64_MAX));
	/* One more tells that there are more. */
	sqlite3_bind_int64(st, 3, limit + 1);
	return answer_all(w, st, limit);
}

bool
recall_keys(struct work *w)
{
	int64_t limit = body_integer(w->body, "limit", 1);
	sqlite3_stmt *st = statements_get(w->statements,
	    "SELECT id, channel, key, accepted_ms, due_ms FROM announcement"
	    " WHERE ended_ms >= ? AND key IS NOT NULL AND outcome = 'spoken'"
	    " ORDER BY ended_ms DESC LIMIT ?");

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, body_integer(w->body, "since_ms", 0));
	sqlite3_bind_int64(st, 2, limit + 1);
	return answer_all(w, st, limit);
}

bool
recall_ends(struct work *w)
{
	static const char *const names[] = { "since", "channel", NULL };
	int64_t limit = body_integer(w->body, "limit", 1);
	sqlite3_stmt *st = statements_get(w->statements,
	    "SELECT id, channel, ended_ms, outcome, reason, seq"
	    " FROM announcement WHERE seq > ?1"
	    " AND (?2 IS NULL OR channel = ?2) ORDER BY seq DESC LIMIT ?3");

	if (st == NULL || row_bind(st, names, w->body) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(st, 3, limit + 1);
	return answer_all(w, st, limit);
}

bool
recall_shown(struct work *w)
{
	int64_t limit = body_integer(w->body, "limit", 1);
	sqlite3_stmt *st = statements_get(w->statements,
	    "SELECT id, channel, CASE WHEN json_valid(request)"
	    " THEN json_extract(request, '$.show') END AS show"
	    " FROM (SELECT * FROM announcement ORDER BY id DESC LIMIT 1000)"
	    " WHERE started_ms IS NOT NULL AND show IS NOT NULL ORDER BY "
	    "started_ms DESC, id DESC LIMIT ?");

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, limit + 1);
	return answer_all(w, st, limit);
}
