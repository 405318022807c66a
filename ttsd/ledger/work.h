/* What the ledger is asked to do, each in a file of its own. All return false
 * where the database has failed (store_failed()), or memory is out. */
#ifndef TTSD_LEDGER_WORK_H
#define TTSD_LEDGER_WORK_H

#include <jansson.h>

#include "common/buf.h"
#include "ttsd/ledger/statements.h"

struct work {
	struct statements *statements;
	const json_t *body; /* of the request */
	int64_t number;     /* of the request */
	struct buf *out;    /* answers, whole lines */
};

typedef bool work_run(struct work *w);

/* record.c */
work_run record_accept;
work_run record_started;
work_run record_ended;
work_run record_receipt;
work_run record_end_of_all;
work_run record_numbered;
work_run record_told;

/* desk.c */
work_run record_called; /* what an acceptance says of its call */
work_run record_skipped;
work_run record_uncalled;
work_run record_series;
work_run record_schedule;
work_run recall_desk;
work_run recall_calls;

/* Writes a row down, or changes some: the fields of `body` with those names,
 * NULL-terminated, are the parameters of `sql` (record.c). */
bool record_row(struct work *w, const char *sql, const char *const *names,
    const json_t *body);

/* recall.c */
work_run recall_waiting;
work_run recall_keys;
work_run recall_ends;
work_run recall_shown;

/* history.c */
work_run history_read;

/* prune.c */
work_run prune_step;

#endif
