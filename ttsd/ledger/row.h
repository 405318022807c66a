/*
 * Between JSON and the columns of the ledger: both bear the same names.
 */
#ifndef TTSD_LEDGER_ROW_H
#define TTSD_LEDGER_ROW_H

#include <jansson.h>
#include <sqlite3.h>

/* Binds the fields of those names to the parameters 1, 2 and so on; one that is
 * absent, or no value of a column, is NULL, and so is false; an object is its
 * text. `names` ends with NULL. Returns what sqlite3_bind_*() do. */
int row_bind(sqlite3_stmt *st, const char *const *names, const json_t *body);

/* What a column "receipts" is selected by, of receipts `r`: a list of objects
 * without what is NULL. */
#define ROW_RECEIPTS                                             \
	"SELECT json_group_array(json_patch('{}', json_object("  \
	" 'output', r.output, 'state', r.state,"                 \
	" 'sent_ms', r.sent_ms, 'delivered_ms', r.delivered_ms," \
	" 'decided_ms', r.decided_ms, 'delay_ms', r.delay_ms,"   \
	" 'confidence', r.confidence, 'reason', r.reason)))"     \
	" FROM receipt r"

/* The row that `st` stands at, without its NULLs and its request; the columns
 * "receipts", "show" and "channels" are what their text is as JSON. NULL
 * without memory. */
json_t *row_read(sqlite3_stmt *st);

/* The last column, where that is a "request"; NULL. Valid until `st` steps. */
const char *row_request(sqlite3_stmt *st);

#endif
