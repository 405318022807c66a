/* What is called at a desk: the numbers of series, and the calls; and what is
 * said again and again. */
#include "common/body.h"
#include "common/control/fields.h"
#include "ttsd/ledger/answer.h"
#include "ttsd/ledger/row.h"

/* ---- what is written down ----------------------------------------------- */

/* What is handed over again may come behind what is newer. */
bool
record_series(struct work *w)
{
	static const char *const names[] = { "name", "next", "day", "called",
		"turn", NULL };
	const json_t *numbers = json_object_get(w->body, "numbers");

	return numbers == NULL ||
	       record_row(w,
		   "INSERT INTO series (name, next, day, called, turn)"
		   " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
		   " next = excluded.next, day = excluded.day,"
		   " called = excluded.called, turn = excluded.turn"
		   " WHERE excluded.turn > turn",
		   names, numbers);
}

/* Of a request with several announcements, the first one makes the call. */
static bool
record_call(struct work *w, const json_t *call)
{
	static const char *const names[] = { "id", "series", "turn", "ticket",
		"counter", "number", "day", "time", "by", "key", "state",
		"waited", NULL };
	json_t *row = json_copy((json_t *)call);
	bool done;

	body_put(&row, "id", json_incref(json_object_get(w->body, "id")));
	done = row && record_row(w,
			  "INSERT INTO call (id, last_id, series, turn, ticket,"
			  " counter, number, day, time, \"by\", key, state,"
			  " waited)"
			  " VALUES (?1, ?1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
			  " ON CONFLICT (id) DO NOTHING"
			  " ON CONFLICT (series, turn) DO UPDATE SET"
			  " last_id = max(last_id, excluded.last_id)",
			  names, row);
	json_decref(row);
	return done;
}

bool
record_called(struct work *w)
{
	const json_t *call = json_object_get(w->body, "call");

	return call == NULL || (record_call(w, call) && record_series(w));
}

/* Its id is given to no announcement any more. */
bool
record_skipped(struct work *w)
{
	static const char *const names[] = { "id", NULL };

	return record_called(w) &&
	       record_row(w,
		   "UPDATE sqlite_sequence SET seq = max(seq, ?)"
		   " WHERE name = 'announcement'",
		   names, w->body);
}

bool
record_uncalled(struct work *w)
{
	static const char *const names[] = { "id", NULL };

	return record_row(w, "UPDATE call SET state = 'uncalled' WHERE id = ?",
		   names, w->body) &&
	       record_series(w);
}

/* What is handed over again may come behind what is newer. */
bool
record_schedule(struct work *w)
{
	static const char *const gone[] = { "schedule", "turn", NULL };
	static const char *const names[] = { "schedule", "turn", "entry",
		NULL };

	if (json_object_get(w->body, "entry") == NULL)
		return record_row(w,
		    "DELETE FROM schedule WHERE name = ? AND turn < ?", gone,
		    w->body);
	return record_row(w,
	    "INSERT INTO schedule (name, turn, entry) VALUES (?, ?, ?)"
	    " ON CONFLICT DO UPDATE SET"
	    " entry = excluded.entry, turn = excluded.turn"
	    " WHERE excluded.turn > turn",
	    names, w->body);
}

/* ---- what is asked ------------------------------------------------------ */

/* A ticket that was transferred waits until what takes it up is there, and was
 * not taken back: that is looked up, so that what is handed over again behind
 * what is newer changes nothing. */
#define WAITS                                                       \
	"(c.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM call n" \
	" WHERE n.waited = c.id AND n.state <> 'uncalled'))"
#define STATE                                                                \
	"iif(c.state = 'waiting' AND NOT " WAITS ", 'transferred', c.state)" \
	" AS state"

bool
recall_desk(struct work *w)
{
	sqlite3_stmt *st = statements_get(
	    w->statements, "SELECT name, next, day, called, turn FROM series");
	bool more;

	if (st == NULL || !answer_rows(w, st, INT64_MAX, &more))
		return false;
	st = statements_get(w->statements,
	    "SELECT name AS schedule, turn, iif(json_valid(entry), iif("
	    "json_type(entry) = 'object', entry, '{}'), '{}') AS entry"
	    " FROM schedule");
	if (st == NULL || !answer_rows(w, st, INT64_MAX, &more))
		return false;
	st = statements_get(w->statements,
	    "SELECT c.id, last_id, series, turn, ticket, counter, number, day,"
	    " time, c.\"by\", c.key, waited, " STATE ", outcome, reason,"
	    " (SELECT json_group_array(channel) FROM announcement b"
	    "  WHERE b.id BETWEEN c.id AND c.last_id) AS channels"
	    " FROM call c LEFT JOIN announcement a ON a.id = c.id"
	    " WHERE c.id IN (SELECT id FROM call ORDER BY id DESC LIMIT ?)"
	    " OR (" WAITS " AND (c.day IS NULL OR c.day >= ?))"
	    " ORDER BY c.id");
	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, body_integer(w->body, "limit", 1));
	sqlite3_bind_int64(st, 2, body_integer(w->body, "day", 0));
	return answer_all(w, st, INT64_MAX);
}

bool
recall_calls(struct work *w)
{
	static const char *const names[] = { "series", "channels", "among",
		NULL };
	int64_t limit = body_integer(w->body, "limit", 1);
	sqlite3_stmt *st = statements_get(w->statements,
	    "SELECT c.id, series, ticket, counter, time, c.\"by\", " STATE ","
	    " iif(state = 'skipped', state, outcome) AS outcome, reason,"
	    " (" ROW_RECEIPTS " WHERE r.id BETWEEN c.id AND c.last_id)"
	    " AS receipts"
	    " FROM call c LEFT JOIN announcement a ON a.id = c.id"
	    " WHERE (?1 IS NULL OR series IS ?1) AND (?2 IS NULL OR"
	    "  (a.id IS NULL AND (?3 IS NULL OR"
	    "   series IN (SELECT value FROM json_each(?3)))) OR"
	    "  EXISTS (SELECT 1 FROM announcement b"
	    "   WHERE b.id BETWEEN c.id AND c.last_id AND b.channel IN"
	    "    (SELECT value FROM json_each(?2)))) AND c.id < ?4"
	    " ORDER BY c.id DESC LIMIT ?5");

	if (st == NULL || row_bind(st, names, w->body) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(
	    st, 4, body_integer(w->body, "before_id", INT64_MAX));
	sqlite3_bind_int64(st, 5, limit + 1);
	return answer_all(w, st, limit);
}
