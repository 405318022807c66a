#include "ttsd/durable/durable.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "ttsd/durable/journal.h"
#include "ttsd/durable/ledger_process.h"
#include "ttsd/ledger/ledger.h"

/* So much of what a ledger that hangs has not written down is held for it. */
#define JOURNAL_MAX ((size_t)32 * 1024 * 1024)
#define QUERIES_MAX 64
/* What could not be handed over for want of memory is tried again after this
 * time. */
#define RETRY_NS (100 * NS_PER_MS)
/* Ids of a ttsd that does not know what its ledger has given: a thousand for a
 * millisecond of the day. */
#define IDS_PER_MS 1000
/* A stop waits so long for the disk, and for a ledger that is not open: less
 * than ttsd waits for its engines. */
#define STOP_PATIENCE_NS (4 * NS_PER_S)
#define STOP_CLOSED_NS (1 * NS_PER_S)

struct query {
	uint64_t number; /* 0: none */
	struct durable_answer answer;
};

struct durable {
	const struct durable_events *events;
	void *arg;
	struct ledger_process *ledger;
	struct journal journal;
	struct query queries[QUERIES_MAX];
	struct timer *deadline;
	uint64_t next_id; /* 0: not known yet */
	uint64_t lost_id; /* up to that one, some were not even held */
	uint64_t told;    /* it knows of events up to that number */
	bool open;        /* the ledger is */
	bool known;       /* it told its next id once */
	bool doubt;       /* and that an earlier ttsd had not told all */
	bool restoring;   /* what it holds */
	bool failing;     /* nobody waits for it */
	bool stopping;
	bool stopped;      /* or given up */
	int64_t closed_ns; /* since when it is not open */
	int64_t heard_ns;  /* when it last told of what it holds */
	int64_t stop_ns;   /* when a stop is given up */
	uint64_t
	    restarts_before; /* of ledgers of those whose successor we are */
	struct log_limit changes;
	struct log_limit overflows;
};

/* ---- does it keep? ------------------------------------------------------ */

/* Is a question about what it holds on its way? */
static bool
is_asked(const struct durable *d)
{
	size_t i;

	for (i = 0; i < QUERIES_MAX; i++)
		if (d->queries[i].number > 0)
			return true;
	return false;
}

/* When those who wait are told that it is not kept; INT64_MAX: nobody waits. */
static int64_t
patience_ends_ns(const struct durable *d)
{
	const struct journal_entry *e =
	    journal_first(&d->journal, JOURNAL_CHANGE);
	int64_t ns = INT64_MAX;

	if (e)
		ns = e->added_ns + DURABLE_PATIENCE_NS;
	if (!d->open && d->closed_ns + DURABLE_PATIENCE_NS < ns)
		ns = d->closed_ns + DURABLE_PATIENCE_NS;
	/* Whoever needs what it holds waits for that, before anything is
	 * accepted. */
	if (d->restoring && is_asked(d) &&
	    d->heard_ns + DURABLE_PATIENCE_NS < ns)
		ns = d->heard_ns + DURABLE_PATIENCE_NS;
	return ns;
}

static void
log_failing(const struct durable *d)
{
	if (d->failing)
		log_error("what is accepted is not kept over a restart, until "
			  "this is mended: %s",
		    durable_why(d));
	else
		log_info("what is accepted is kept again");
}

static void
durable_set_failing(struct durable *d, bool failing)
{
	if (d->failing == failing)
		return;
	d->failing = failing;
	if (log_allow(&d->changes, clock_awake_ns()))
		log_failing(d);
	d->events->changed(d->arg, !failing, durable_why(d));
	d->events->settled(d->arg);
}

/* Is there something that an open ledger was not given? It takes no more just
 * now, or there was no memory for it. */
static bool
is_behind(const struct durable *d)
{
	return d->open && d->journal.next;
}

/* When to look again: then, or sooner. */
static int64_t
look_ns(const struct durable *d, int64_t ns)
{
	int64_t retry_ns = clock_awake_ns() + RETRY_NS;

	if (d->stopping && d->stop_ns < ns)
		ns = d->stop_ns;
	return is_behind(d) && retry_ns < ns ? retry_ns : ns;
}

/* Looks whether it keeps, and when to look again. */
static void
durable_review(struct durable *d)
{
	int64_t now = clock_awake_ns(), ends = patience_ends_ns(d);

	if (d->stopped)
		return;
	if (d->stopping && now >= d->stop_ns) {
		d->stopped = true;
		d->events->settled(d->arg);
		return;
	}
	/* A ledger that has ended because all is written down does not fail. */
	if (!d->stopping || d->journal.count > 0)
		durable_set_failing(d, now >= ends);
	timer_at(d->deadline, look_ns(d, ends <= now ? INT64_MAX : ends));
}

/* The same, but later: whoever notes something may be about to tell an event,
 * and no other is to come before it. */
static void
durable_look_again(struct durable *d)
{
	if (!d->stopped && (!d->failing || is_behind(d)))
		timer_at(d->deadline, look_ns(d, patience_ends_ns(d)));
}

/* ---- handing over ------------------------------------------------------- */

static void
stop_if_written(struct durable *d)
{
	if (d->stopping && d->journal.count == 0)
		ledger_process_stop(d->ledger, d->lost_id == 0);
}

static void
hand_over(struct durable *d)
{
	uint64_t number = 1;

	while (d->open && d->journal.next && number > 0) {
		number = ledger_process_ask(d->ledger, d->journal.next->text);
		if (number > 0)
			journal_handed_over(&d->journal, number);
	}
	stop_if_written(d);
}

static void
deadline_passed(void *arg)
{
	hand_over(arg);
	durable_review(arg);
}

/* Makes the text of an object, with one more field, whose value is text. */
static char *
text_with(const json_t *body, const char *name, const char *value)
{
	char *head = body_text(body), *whole = NULL;
	size_t size;

	if (head && value) {
		size = strlen(head) + strlen(name) + strlen(value) + 8;
		whole = malloc(size);
	}
	if (whole)
		snprintf(whole, size, "%.*s,\"%s\":%s}", (int)strlen(head) - 1,
		    head, name, value);
	free(head);
	return whole;
}

/* Notes something for the ledger. What there is no room for is lost to it, and
 * of an acceptance it is remembered that it is. */
static void
durable_note(struct durable *d, enum journal_kind kind, const char *what,
    uint64_t id, json_t *body, const char *request)
{
	bool accepts = kind == JOURNAL_ACCEPTANCE;
	char *text;
	int rc;

	body_put(&body, "do", json_string(what));
	body_put(&body, "id", json_integer((json_int_t)id));
	text = accepts ? text_with(body, "request", request) : body_text(body);
	rc = text ? journal_add(&d->journal, id, kind, text, clock_awake_ns())
		  : ERR_NOMEM;
	free(text);
	json_decref(body);
	if (rc < 0 && accepts)
		d->lost_id = id;
	if (rc < 0 && log_allow(&d->overflows, clock_awake_ns()))
		log_error("id=%" PRIu64 " is not written down: %s", id,
		    rc == ERR_FULL ? "too much waits for the ledger already"
				   : err_text(rc));
	hand_over(d);
	durable_look_again(d);
}

void
durable_accept(
    struct durable *d, uint64_t id, json_t *body, const char *request)
{
	d->next_id = id + 1;
	durable_note(d, JOURNAL_ACCEPTANCE, "accept", id, body, request);
}

void
durable_started(struct durable *d, uint64_t id, json_t *body)
{
	durable_note(d, JOURNAL_NOTE, "started", id, body, NULL);
}

void
durable_ended(struct durable *d, uint64_t id, json_t *body)
{
	durable_note(d, JOURNAL_CHANGE, "ended", id, body, NULL);
}

void
durable_numbered(struct durable *d, uint64_t id, json_t *body)
{
	durable_note(d, JOURNAL_NOTE, "numbered", id, body, NULL);
}

void
durable_receipt(struct durable *d, uint64_t id, json_t *body)
{
	durable_note(d, JOURNAL_NOTE, "receipt", id, body, NULL);
}

void
durable_skipped(struct durable *d, uint64_t id, json_t *body)
{
	d->next_id = id + 1;
	durable_note(d, JOURNAL_CHANGE, "skipped", id, body, NULL);
}

void
durable_uncalled(struct durable *d, uint64_t id, json_t *body)
{
	durable_note(d, JOURNAL_CHANGE, "uncalled", id, body, NULL);
}

void
durable_series(struct durable *d, json_t *body)
{
	durable_note(d, JOURNAL_CHANGE, "series", 0, body, NULL);
}

void
durable_schedule(struct durable *d, json_t *body)
{
	durable_note(d, JOURNAL_CHANGE, "schedule", 0, body, NULL);
}

void
durable_events_told(struct durable *d, uint64_t number)
{
	if (d->stopping || number + LEDGER_EVENTS_AHEAD / 2 <= d->told)
		return;
	d->told = number + LEDGER_EVENTS_AHEAD;
	durable_note(d, JOURNAL_NOTE, "told", d->told, json_object(), NULL);
}

/* ---- the ledger --------------------------------------------------------- */

/* Goes on where an earlier ttsd has ended. */
static void
take_over(struct durable *d, const struct ledger_hello *hello)
{
	if (hello->next_id > d->next_id)
		d->next_id = hello->next_id;
	d->doubt = !hello->complete;
	d->restoring = true;
	d->events->told(d->arg, hello->told);
}

static void
ledger_opened(void *arg, const struct ledger_hello *hello)
{
	struct durable *d = arg;
	bool first = !d->known;

	d->open = d->known = true;
	journal_again(&d->journal);
	/* From then on it is we who know. */
	if (first)
		take_over(d, hello);
	if (d->restoring)
		d->events->restore(d->arg, hello->next_id);
	hand_over(d);
	durable_review(d);
	d->events->settled(d->arg);
}

static void
ledger_kept(void *arg, uint64_t number)
{
	struct durable *d = arg;

	journal_kept(&d->journal, number);
	hand_over(d);
	durable_review(d);
	d->events->settled(d->arg);
}

static struct query *
find_query(struct durable *d, uint64_t number)
{
	size_t i;

	for (i = 0; i < QUERIES_MAX; i++)
		if (d->queries[i].number == number)
			return &d->queries[i];
	return NULL;
}

static void
ledger_row(void *arg, uint64_t number, const json_t *row)
{
	struct durable *d = arg;
	const struct query *q = find_query(d, number);

	d->heard_ns = clock_awake_ns();
	if (q && number > 0)
		q->answer.row(q->answer.arg, row);
}

static void
query_end(struct query *q, const json_t *answer)
{
	struct durable_answer a = q->answer;

	q->number = 0;
	a.done(a.arg, answer);
}

static void
ledger_done(void *arg, uint64_t number, const json_t *answer)
{
	struct durable *d = arg;
	struct query *q = find_query(d, number);

	d->heard_ns = clock_awake_ns();
	if (q && number > 0)
		query_end(q, answer);
	if (d->restoring)
		durable_review(d);
}

static void
ledger_writable(void *arg)
{
	hand_over(arg);
}

/* There is no answer to what was asked. */
static void
end_queries(struct durable *d)
{
	size_t i;

	for (i = 0; i < QUERIES_MAX; i++)
		if (d->queries[i].number > 0)
			query_end(&d->queries[i], NULL);
}

static void
ledger_lost(void *arg)
{
	struct durable *d = arg;

	if (d->open)
		d->closed_ns = clock_awake_ns();
	d->open = false;
	end_queries(d);
	durable_review(d);
	stop_if_written(d);
	if (d->stopping)
		d->events->settled(d->arg);
}

static const struct ledger_process_events ledger_events = {
	.opened = ledger_opened,
	.kept = ledger_kept,
	.row = ledger_row,
	.done = ledger_done,
	.writable = ledger_writable,
	.lost = ledger_lost,
};

/* ---- what the header promises ------------------------------------------- */

int
durable_new(struct loop *l, const char *dir,
    const struct durable_events *events, void *arg, struct durable **out)
{
	struct durable *d = calloc(1, sizeof(*d));
	int rc = d ? 0 : ERR_NOMEM;

	*out = NULL;
	if (rc == 0) {
		*d = (struct durable){ .events = events,
			.arg = arg,
			.closed_ns = clock_awake_ns(),
			.changes = { .every_ns = 10 * NS_PER_S, .burst = 2 },
			.overflows = {
			    .every_ns = 10 * NS_PER_S, .burst = 1 } };
		journal_init(&d->journal, JOURNAL_MAX);
		rc = timer_new(
		    l, TIMER_COARSE, deadline_passed, d, &d->deadline);
	}
	if (rc == 0)
		rc = ledger_process_new(l, dir, &ledger_events, d, &d->ledger);
	if (rc < 0) {
		durable_free(d);
		return rc;
	}
	*out = d;
	durable_review(d);
	return 0;
}

void
durable_free(struct durable *d)
{
	if (d == NULL)
		return;
	d->open = false;
	end_queries(d);
	ledger_process_free(d->ledger);
	timer_free(d->deadline);
	journal_done(&d->journal);
	free(d);
}

bool
durable_is_ready(const struct durable *d)
{
	return d->failing || (d->known && !d->restoring);
}

bool
durable_is_opening(const struct durable *d)
{
	return !d->open && !d->failing;
}

/* An id that no client was told of without its being known to the ledger is
 * left out by the next ttsd, as long as there are not too many. */
uint64_t
durable_next_id(struct durable *d)
{
	uint64_t by_day = (uint64_t)clock_utc_ms() * IDS_PER_MS;

	if ((!d->known || d->journal.count >= LEDGER_IDS_UNDER_WAY) &&
	    d->next_id < by_day)
		d->next_id = by_day;
	return d->next_id;
}

enum durable_word
durable_is_kept(const struct durable *d, uint64_t id)
{
	const struct journal_entry *e =
	    journal_first(&d->journal, JOURNAL_ACCEPTANCE);

	if (id <= d->lost_id)
		return DURABLE_NO;
	if (e == NULL || id < e->id)
		return DURABLE_YES;
	return d->failing ? DURABLE_NO : DURABLE_WAIT;
}

bool
durable_query(
    struct durable *d, const char *request, const struct durable_answer *answer)
{
	struct query *q = find_query(d, 0);
	uint64_t number =
	    q && d->open ? ledger_process_ask(d->ledger, request) : 0;

	if (number == 0)
		return false;
	if (d->restoring && !is_asked(d))
		d->heard_ns = clock_awake_ns();
	*q = (struct query){ number, *answer };
	durable_look_again(d);
	return true;
}

bool
durable_is_in_doubt(const struct durable *d)
{
	return d->doubt;
}

uint64_t
durable_told(const struct durable *d)
{
	return d->journal.added;
}

enum durable_word
durable_is_written(const struct durable *d, uint64_t told)
{
	if (told <= d->journal.added - d->journal.count)
		return DURABLE_YES;
	return d->failing ? DURABLE_NO : DURABLE_WAIT;
}

bool
durable_has_handed_over(const struct durable *d)
{
	return d->journal.next == NULL;
}

void
durable_restored(struct durable *d)
{
	d->restoring = false;
	durable_review(d);
	d->events->settled(d->arg);
}

bool
durable_is_restoring(const struct durable *d)
{
	return d->restoring;
}

static json_t *
journal_save(const struct journal *j, struct parcel *p)
{
	const struct journal_entry *e;
	json_t *list = json_array(), *one;

	for (e = j->first; e; e = e->next) {
		one = json_pack("{s:I, s:b, s:i}", "id", (json_int_t)e->id,
		    "accepts", e->kind == JOURNAL_ACCEPTANCE, "kind",
		    (int)e->kind);
		body_put(
		    &one, "text", parcel_add(p, e->text, strlen(e->text) + 1));
		body_append(&list, one);
	}
	return list;
}

/* An earlier version told acceptances from all else. */
static enum journal_kind
saved_kind(const json_t *one)
{
	if (json_is_true(json_object_get(one, "accepts")))
		return JOURNAL_ACCEPTANCE;
	return body_integer(one, "kind", JOURNAL_NOTE) == JOURNAL_CHANGE
		   ? JOURNAL_CHANGE
		   : JOURNAL_NOTE;
}

static int
journal_restore(struct journal *j, const struct parcel *p, const json_t *list)
{
	const json_t *one;
	const uint8_t *text;
	size_t i, len;
	int rc = 0;

	for (i = 0; i < json_array_size(list) && rc == 0; i++) {
		one = json_array_get(list, i);
		rc = parcel_find(p, json_object_get(one, "text"), &text, &len);
		if (rc == 0 && (len == 0 || text[len - 1] != '\0'))
			rc = ERR_INVALID;
		if (rc == 0)
			rc = journal_add(j, body_id(one, "id"), saved_kind(one),
			    (const char *)text, clock_awake_ns());
	}
	return rc;
}

json_t *
durable_save(const struct durable *d, struct parcel *p)
{
	json_t *o = json_pack("{s:I, s:I, s:I, s:b, s:b, s:b, s:I, s:I}",
	    "told", (json_int_t)d->told, "next_id", (json_int_t)d->next_id,
	    "lost_id", (json_int_t)d->lost_id, "known", (int)d->known, "doubt",
	    (int)d->doubt, "failing", (int)d->failing, "added",
	    (json_int_t)d->journal.added, "restarts",
	    (json_int_t)durable_count(d).restarts);

	body_put(&o, "journal", journal_save(&d->journal, p));
	return o;
}

int
durable_take_over(struct durable *d, const struct parcel *p, const json_t *word)
{
	const json_t *list = json_object_get(word, "journal");
	int rc;

	d->told = body_count(word, "told");
	d->next_id = body_count(word, "next_id");
	d->lost_id = body_count(word, "lost_id");
	d->known = json_is_true(json_object_get(word, "known"));
	d->doubt = json_is_true(json_object_get(word, "doubt"));
	d->failing = json_is_true(json_object_get(word, "failing"));
	d->restarts_before = body_count(word, "restarts");
	rc = journal_restore(&d->journal, p, list);
	d->journal.added = body_count(word, "added");
	durable_review(d);
	return rc;
}

bool
durable_stop(struct durable *d)
{
	if (!d->stopping) {
		d->stopping = true;
		d->stop_ns = clock_awake_ns() +
			     (d->open ? STOP_PATIENCE_NS : STOP_CLOSED_NS);
		if (!d->open)
			ledger_process_hurry(d->ledger);
		stop_if_written(d);
		durable_review(d);
	}
	return d->stopped || ledger_process_is_stopped(d->ledger);
}

bool
durable_keeps(const struct durable *d)
{
	return !d->failing;
}

const char *
durable_why(const struct durable *d)
{
	const char *why = ledger_process_why(d->ledger);

	if (why[0])
		return why;
	return d->open ? "the ledger's disk does not answer in time"
		       : "the ledger does not open in time";
}

struct durable_counters
durable_count(const struct durable *d)
{
	return (struct durable_counters){ .restarts = d->restarts_before +
						      ledger_process_restarts(
							  d->ledger),
		.waiting = d->journal.count };
}
