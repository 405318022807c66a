/* The rows that a request asks for, as lines of the answer. */
#ifndef TTSD_LEDGER_ANSWER_H
#define TTSD_LEDGER_ANSWER_H

#include "ttsd/ledger/work.h"

/* Appends one line; takes over `body`. False without memory. */
bool answer_put(struct buf *out, json_t *body);

/* The line that ends the answer to a request, to be added to; NULL without
 * memory. */
json_t *answer_last(const struct work *w);

/* Steps through a statement, a line for each row. `more` says whether rows were
 * left out: those behind LEDGER_ROWS_MAX bytes, and what comes behind `limit`
 * of them. */
bool answer_rows(struct work *w, sqlite3_stmt *st, int64_t limit, bool *more);

/* The same, and the line that ends the answer, with "more". */
bool answer_all(struct work *w, sqlite3_stmt *st, int64_t limit);

#endif
