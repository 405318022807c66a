/* What was said, and what became of it, the latest first. */
#include <stdint.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "ttsd/ledger/answer.h"
#include "ttsd/ledger/row.h"

/* So many announcements are looked at in one step: some milliseconds. */
#define STEP_ROWS 5000

/* A place in the order of acceptance. */
struct place {
	int64_t ms, id;
};

/* Finds how far the next step goes. Where fewer are left than one step looks
 * at, that is the end, and *more false. */
static bool
find_floor(struct work *w, struct place from, int64_t since_ms,
    struct place *out, bool *more)
{
	sqlite3_stmt *st = statements_get(w->statements,
	    "SELECT accepted_ms, id FROM announcement"
	    " WHERE (accepted_ms, id) < (?, ?) AND accepted_ms >= ?"
	    " ORDER BY accepted_ms DESC, id DESC LIMIT 1 OFFSET ?");
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, from.ms);
	sqlite3_bind_int64(st, 2, from.id);
	sqlite3_bind_int64(st, 3, since_ms);
	sqlite3_bind_int64(st, 4, STEP_ROWS - 1);
	rc = sqlite3_step(st);
	*more = rc == SQLITE_ROW;
	*out = *more ? (struct place){ sqlite3_column_int64(st, 0),
		sqlite3_column_int64(st, 1) }
		     : (struct place){ since_ms, 0 };
	sqlite3_reset(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static sqlite3_stmt *
select_step(struct work *w, struct place from, struct place floor)
{
	static const char *const names[] = { "channels", "outcome", "key",
		"missed", NULL };
	sqlite3_stmt *st = statements_get(w->statements,
	    "SELECT id, channel, key, text, accepted_ms, due_ms, expires_ms,"
	    " uid, pid, \"by\", started_ms, replays, ended_ms, outcome, reason,"
	    " first_sample, last_sample, rounds, seq,"
	    " (" ROW_RECEIPTS " WHERE r.id = a.id) AS receipts"
	    " FROM announcement a"
	    " WHERE (?1 IS NULL OR channel IN (SELECT value FROM "
	    "json_each(?1)))"
	    " AND (?2 IS NULL OR outcome IS ?2) AND (?3 IS NULL OR key IS ?3)"
	    " AND (?4 IS NULL OR EXISTS (SELECT 1 FROM receipt r"
	    "  WHERE r.id = a.id AND r.state = 'missed'))"
	    " AND (accepted_ms, id) < (?5, ?6)"
	    " AND (accepted_ms, id) >= (?7, ?8)"
	    " ORDER BY accepted_ms DESC, id DESC");

	if (st == NULL || row_bind(st, names, w->body) != SQLITE_OK)
		return NULL;
	sqlite3_bind_int64(st, 5, from.ms);
	sqlite3_bind_int64(st, 6, from.id);
	sqlite3_bind_int64(st, 7, floor.ms);
	sqlite3_bind_int64(st, 8, floor.id);
	return st;
}

/* Where the next request goes on. One that was cut off does so behind its last
 * row. */
static json_t *
last_line(const struct work *w, const struct place *floor, bool cut)
{
	json_t *last = answer_last(w);

	if (cut || floor)
		body_put(&last, "more", json_true());
	if (floor && !cut) {
		body_put(&last, "before_ms", json_integer(floor->ms));
		body_put(&last, "before_id", json_integer(floor->id));
	}
	return last;
}

/* Finds where one announcement stands: the step is that one alone. */
static bool
find_one(struct work *w, int64_t id, struct place *from, struct place *floor)
{
	sqlite3_stmt *st = statements_get(
	    w->statements, "SELECT accepted_ms FROM announcement WHERE id = ?");
	int rc;

	if (st == NULL)
		return false;
	sqlite3_bind_int64(st, 1, id);
	rc = sqlite3_step(st);
	*floor = (struct place){ sqlite3_column_int64(st, 0), id };
	*from = *floor;
	from->id += rc == SQLITE_ROW;
	sqlite3_reset(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

bool
history_read(struct work *w)
{
	struct place from = { body_integer(w->body, "before_ms", INT64_MAX),
		body_integer(w->body, "before_id", INT64_MAX) };
	int64_t limit = body_integer(w->body, "limit", 1);
	int64_t since_ms = body_integer(w->body, "since_ms", 0);
	int64_t id = body_integer(w->body, "id", 0);
	struct place floor;
	bool more = false, cut;
	sqlite3_stmt *st;

	if (id > 0 ? !find_one(w, id, &from, &floor)
		   : !find_floor(w, from, since_ms, &floor, &more))
		return false;
	st = select_step(w, from, floor);
	return st && answer_rows(w, st, limit, &cut) &&
	       answer_put(w->out, last_line(w, more ? &floor : NULL, cut));
}
