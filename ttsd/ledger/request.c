#include "ttsd/ledger/request.h"

#include <string.h>

#include "common/control/fields.h"
#include "common/lines.h"
#include "common/log.h"
#include "ttsd/ledger/answer.h"

static const struct {
	const char *name;
	work_run *run;
} kinds[] = {
	{ "accept", record_accept },
	{ "started", record_started },
	{ "ended", record_ended },
	{ "receipt", record_receipt },
	{ "end", record_end_of_all },
	{ "numbered", record_numbered },
	{ "skipped", record_skipped },
	{ "uncalled", record_uncalled },
	{ "series", record_series },
	{ "schedule", record_schedule },
	{ "told", record_told },
	{ "restore", recall_waiting },
	{ "keys", recall_keys },
	{ "ends", recall_ends },
	{ "shown", recall_shown },
	{ "desk", recall_desk },
	{ "calls", recall_calls },
	{ "history", history_read },
	{ "prune", prune_step },
};

static work_run *
find_kind(const char *name)
{
	size_t i;

	for (i = 0; name && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].run;
	return NULL;
}

/* Carries out one line. What is not understood is ttsd's mistake, and told. */
static bool
request_take(struct work *w, const char *line, size_t len)
{
	json_t *body = json_loadb(line, len, 0, NULL);
	work_run *run = find_kind(body_string(body, "do"));
	bool done;

	if (run == NULL) {
		log_error("a request is not understood: %.*s",
		    len < 200 ? (int)len : 200, line);
		json_decref(body);
		return true;
	}
	w->body = body;
	w->number = body_integer(body, "no", 0);
	done = run(w);
	json_decref(body);
	return done;
}

static bool
answer_committed(const struct work *w)
{
	return answer_put(
	    w->out, json_pack("{s:I}", "committed", (json_int_t)w->number));
}

enum ledger_exit
request_take_all(struct store *store, struct buf *in, struct buf *out)
{
	struct work w = { .statements = &store->statements, .out = out };
	size_t scanned = 0, len;
	const char *line;
	bool ok;

	if (!lines_peek(in, &scanned, &line, &len))
		return LEDGER_ENDED;
	ok = store_exec(store, "BEGIN IMMEDIATE");
	do {
		ok = ok && request_take(&w, line, len);
		buf_consume(in, len + 1);
	} while (ok && lines_peek(in, &scanned, &line, &len));
	ok = ok && store_exec(store, "COMMIT") && answer_committed(&w);
	return ok ? store_check_place(store) : store_failed(store);
}
