/* The `history` operation: what was said, and what became of it, as the ledger
 * has it (fields in docs/PROTOCOL.md). */
#ifndef TTSD_CONTROL_HISTORY_H
#define TTSD_CONTROL_HISTORY_H

#include "ttsd/control/ttsd.h"

/* Asks the ledger for at most `limit` rows, and answers with them under that
 * name. `request` says what to do and is taken over; of `body`, what the client
 * asked, an unknown `channel` is refused. NULL: none is. */
enum verdict history_run(struct ttsd *t, struct session *s, json_t *request,
    int64_t limit, const char *name, const json_t *body, struct reply *r);

extern const struct field history_fields[];
op_run op_history;

#endif
