#include "ttsd/ledger/answer.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "ttsd/ledger/ledger.h"
#include "ttsd/ledger/row.h"

bool
answer_put(struct buf *out, json_t *body)
{
	char *text = body_text(body);
	bool put = text && buf_puts(out, text) == 0 && buf_puts(out, "\n") == 0;

	free(text);
	json_decref(body);
	return put;
}

static json_t *
numbered(const struct work *w, const char *what)
{
	return json_pack("{s:I}", what, (json_int_t)w->number);
}

json_t *
answer_last(const struct work *w)
{
	return numbered(w, "done");
}

/* Puts the line of a row. Its request is text of an object already, and goes
 * out as it is: to read and write it again would take longer than all else. */
static bool
answer_row(struct work *w, sqlite3_stmt *st)
{
	const char *request = row_request(st);
	json_t *line = numbered(w, "no");
	char *text;
	bool put;

	body_put(&line, "row", row_read(st));
	if (request == NULL)
		return answer_put(w->out, line);
	text = body_text(line);
	put = text && buf_putf(w->out, "%.*s,\"request\":%s}}\n",
			  (int)strlen(text) - 2, text, request) == 0;
	free(text);
	json_decref(line);
	return put;
}

bool
answer_rows(struct work *w, sqlite3_stmt *st, int64_t limit, bool *more)
{
	size_t before = buf_len(w->out);
	int64_t rows = 0;
	bool ok = true;
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW && ok && rows < limit &&
	       buf_len(w->out) - before < LEDGER_ROWS_MAX) {
		ok = answer_row(w, st);
		rows++;
	}
	sqlite3_reset(st);
	*more = rc == SQLITE_ROW;
	return ok && (rc == SQLITE_ROW || rc == SQLITE_DONE);
}

bool
answer_all(struct work *w, sqlite3_stmt *st, int64_t limit)
{
	bool more, ok = answer_rows(w, st, limit, &more);
	json_t *last = answer_last(w);

	if (more)
		body_put(&last, "more", json_true());
	return answer_put(w->out, last) && ok;
}
