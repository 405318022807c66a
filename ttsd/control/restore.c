#include "ttsd/control/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/conf/schema.h"
#include "common/err.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/say.h"
#include "ttsd/control/series_ops.h"
#include "ttsd/queue/ensemble.h"

/* So many rows are asked for at a time, while those before them are worked on,
 * and so long is that done before others have their turn. */
#define PAGE_ROWS 128
#define TURN_NS (NS_PER_MS / 2)
/* So many of the latest that showed something say what the boards show. */
#define SHOWN_ROWS 500
/* What there was no memory to ask is asked again after this time. */
#define RETRY_NS (100 * NS_PER_MS)

enum restore_stage {
	RESTORE_NOT_BEGUN,
	RESTORE_DESK,
	RESTORE_BOARDS,
	RESTORE_KEYS,
	RESTORE_ROWS,
	RESTORE_DONE,
};

struct restore {
	struct ttsd *ttsd;
	enum restore_stage stage;
	struct timer *turn;
	json_t *rows;   /* a page of them that is worked on */
	size_t at;      /* the next one of it */
	json_t *coming; /* the next page */
	bool asked;     /* it is on its way */
	bool lost;      /* the ledger is, or takes no more at the moment */
	bool more;      /* there are more behind it */
	bool cut;       /* some of it there was no memory for */
	uint64_t after; /* the last id that was seen */
	uint64_t before;
	struct ensemble *ensemble; /* of the last row; NULL: it was alone */
	json_t *request;           /* of the last row */
	uint64_t last_id;
	size_t outcomes[OUTCOME_COUNT]; /* ended at once */
	size_t waiting;                 /* again */
};

/* One row of the ledger, as it is put back. */
struct leftover {
	struct restore *restore;
	const json_t *row;
	uint64_t id;
	struct channel *channel; /* NULL: there is none of that name any more */
	const json_t *request;
};

/* ---- one announcement --------------------------------------------------- */

static int64_t
row_ms(const struct leftover *l, const char *name, int64_t fallback)
{
	return body_integer(l->row, name, fallback);
}

/* A time of the wall as a monotonic one. */
static int64_t
ns_of_utc(int64_t ms)
{
	int64_t ns = clock_now_ns() + (ms - clock_utc_ms()) * NS_PER_MS;

	return ns > 0 ? ns : 1;
}

/* Ends it without its being queued. */
static void
leftover_end(struct leftover *l, enum outcome outcome, const char *reason)
{
	struct ttsd *t = l->restore->ttsd;
	struct announcement *a = NULL;

	l->restore->outcomes[outcome]++;
	if (l->channel)
		a = announcement_new(l->channel->sample_bytes);
	if (a == NULL) {
		durability_ended(
		    t, body_string(l->row, "channel"), l->id, outcome, reason);
		return;
	}
	a->id = l->id;
	announcement_set_show(a, json_object_get(l->request, "show"));
	playout_refuse(&l->channel->playout, a, outcome, reason);
}

static bool
is_to_be_dropped(const struct leftover *l)
{
	const char *word = body_string(l->request, "on_restart");

	if (row_ms(l, "started_ms", 0) == 0)
		return false;
	if (word)
		return word_index(schema_on_restarts, word) == RESTART_DROP;
	return l->channel->conf->on_restart == RESTART_DROP;
}

/* Was it being said until it is cancelled? */
static bool
goes_round(const struct leftover *l)
{
	return row_ms(l, "started_ms", 0) > 0 &&
	       body_string(l->request, "repeat") != NULL;
}

/* One that had begun in time does not expire any more, but for its further
 * rounds. */
static bool
may_expire(const struct leftover *l)
{
	return row_ms(l, "started_ms", 0) == 0 || goes_round(l);
}

/* Is there a reason for not saying it any more? Then it has ended. */
static bool
has_ended(struct leftover *l)
{
	const struct ttsd *t = l->restore->ttsd;
	int64_t now_ms = clock_utc_ms();
	int64_t due_ms = row_ms(l, "due_ms", row_ms(l, "accepted_ms", now_ms));
	int64_t late_ms = goes_round(l) ? 0 : now_ms - due_ms;

	if (l->channel == NULL)
		leftover_end(l, OUTCOME_FAILED,
		    "the configuration has no such channel any more");
	else if (conf_durable_of(&t->conf, l->channel->conf) == KEPT_NO)
		leftover_end(l, OUTCOME_CANCELLED, "ttsd has ended");
	else if (is_to_be_dropped(l))
		leftover_end(
		    l, OUTCOME_CANCELLED, "it was on air when ttsd ended");
	else if (late_ms > t->conf.ttsd.restore_within_ns / NS_PER_MS)
		leftover_end(l, OUTCOME_EXPIRED,
		    "ttsd came back later than restore_within");
	else if (may_expire(l) && row_ms(l, "expires_ms", INT64_MAX) <= now_ms)
		leftover_end(l, OUTCOME_EXPIRED, "waited too long");
	else
		return false;
	return true;
}

/* No wait is longer than was asked for, though the clock was set back. */
static int64_t
bounded_ms(const struct leftover *l, const char *asked, int64_t from_ms,
    int64_t until_ms)
{
	int64_t most_ms = body_integer(l->request, asked, 0);

	return most_ms > 0 && until_ms > from_ms + most_ms ? from_ms + most_ms
							   : until_ms;
}

static void
set_times(const struct leftover *l, struct announcement_request *asked)
{
	int64_t now_ms = clock_utc_ms();
	int64_t due_ms =
	    bounded_ms(l, "delay_ms", now_ms, row_ms(l, "due_ms", 0));
	int64_t expires_ms =
	    bounded_ms(l, "ttl_ms", due_ms > now_ms ? due_ms : now_ms,
		row_ms(l, "expires_ms", INT64_MAX));

	asked->restored = true;
	asked->doubtful = row_ms(l, "started_ms", 0) == 0 &&
			  durable_is_in_doubt(l->restore->ttsd->durable);
	asked->by_wall = json_object_get(l->request, "at") != NULL;
	asked->due_ns = due_ms > now_ms ? ns_of_utc(due_ms) : 0;
	if (expires_ms == INT64_MAX || !may_expire(l))
		asked->expires_ns = INT64_MAX;
	else
		asked->expires_ns = ns_of_utc(expires_ms);
}

/* Those of one request to several channels follow each other. */
static void
fellows_end(struct restore *re)
{
	ensemble_release(re->ensemble);
	json_decref(re->request);
	re->ensemble = NULL;
	re->request = NULL;
}

static bool
is_fellow(const struct leftover *l)
{
	const struct restore *re = l->restore;
	const struct announcement *a;

	if (re->ensemble == NULL || l->id != re->last_id + 1 ||
	    !json_equal(re->request, (json_t *)l->request))
		return false;
	/* The same may be asked for again at once. */
	for (a = re->ensemble->members; a; a = a->fellow)
		if (a->playout == &l->channel->playout)
			return false;
	return true;
}

/* Brings it together with the others of its request; without memory for that it
 * is said by itself. */
static void
gather(struct leftover *l, struct announcement *a)
{
	const json_t *channel = json_object_get(l->request, "channel");
	struct restore *re = l->restore;

	if (!is_fellow(l))
		fellows_end(re);
	if (channel == NULL ||
	    ttsd_channel(re->ttsd, json_string_value(channel)))
		return;
	a->playout = &l->channel->playout;
	if (ensemble_join(&re->ensemble, a,
		json_is_true(json_object_get(l->request, "together"))) < 0)
		return;
	re->ensemble->held = true;
	if (re->request == NULL)
		re->request = json_incref((json_t *)l->request);
	re->last_id = l->id;
}

/* How many readers there were is noted when it is accepted and when it begins.
 */
static void
hold_for_readers(const struct leftover *l)
{
	if (json_object_get(l->row, "readers"))
		hold_note(&l->channel->playout.hold,
		    body_count(l->row, "readers"),
		    row_ms(l, "started_ms", row_ms(l, "accepted_ms", 0)),
		    clock_now_ns());
}

static void
leftover_queue(struct leftover *l, struct announcement *a)
{
	struct ttsd *t = l->restore->ttsd;
	const char *key = body_string(l->row, "key");
	int64_t now = clock_now_ns();

	a->id = l->id;
	set_times(l, &a->asked);
	a->asked.origin.accepted_ms = row_ms(l, "accepted_ms", 0);
	a->asked.keyed = key != NULL;
	if (key)
		idempotency_add(&t->keys, l->channel, key, l->id,
		    a->asked.due_ns > now ? a->asked.due_ns : now);
	hold_for_readers(l);
	gather(l, a);
	if (playout_restore(&l->channel->playout, a) < 0) {
		l->restore->outcomes[OUTCOME_FAILED]++;
		playout_refuse(&l->channel->playout, a, OUTCOME_FAILED,
		    "there was no room for it in the queue");
		return;
	}
	l->restore->waiting++;
	l->channel->woken(l->channel->arg);
}

/* Returns false where an engine has not said yet which voices it has. */
static bool
leftover_restore(struct leftover *l)
{
	struct reply reply = { .body = NULL };
	struct say_request s = { .t = l->restore->ttsd,
		.ch = l->channel,
		.body = l->request,
		.r = &reply };

	if (has_ended(l))
		return true;
	channel_wake(l->channel);
	if (say_compose(&s)) {
		leftover_queue(l, s.a);
	} else {
		announcement_free(s.a);
		if (!s.later)
			leftover_end(l, OUTCOME_FAILED, reply.message);
	}
	return !s.later;
}

static bool
restore_row(struct restore *re, const json_t *row)
{
	struct leftover l = { .restore = re,
		.row = row,
		.id = body_id(row, "id"),
		.request = json_object_get(row, "request"),
		.channel =
		    ttsd_channel(re->ttsd, body_string(row, "channel")) };

	return leftover_restore(&l);
}

/* ---- all of them -------------------------------------------------------- */

static void
restore_end(struct restore *re)
{
	re->stage = RESTORE_DONE;
	fellows_end(re);
	if (re->waiting > 0 || re->outcomes[OUTCOME_EXPIRED] > 0 ||
	    re->outcomes[OUTCOME_CANCELLED] > 0 ||
	    re->outcomes[OUTCOME_FAILED] > 0)
		log_info("announcements of before the restart: waiting=%zu "
			 "expired=%zu cancelled=%zu failed=%zu",
		    re->waiting, re->outcomes[OUTCOME_EXPIRED],
		    re->outcomes[OUTCOME_CANCELLED],
		    re->outcomes[OUTCOME_FAILED]);
	durable_restored(re->ttsd->durable);
}

static void
row_came(void *arg, const json_t *row)
{
	struct restore *re = arg;

	/* Rows behind one that there was no memory for come again. */
	if (re->cut || json_array_append(re->coming, (json_t *)row) < 0)
		re->cut = true;
	else
		re->after = body_id(row, "id");
}

static void
page_came(void *arg, const json_t *answer)
{
	struct restore *re = arg;

	re->asked = false;
	re->lost = answer == NULL;
	/* Of one that was lost in the midst, what came is good; the next one
	 * goes on behind it. */
	re->more = answer == NULL || re->cut ||
		   json_is_true(json_object_get(answer, "more"));
	timer_at(re->turn, 0);
}

static void
restore_query(struct restore *re, const char *request,
    const struct durable_answer *answer)
{
	re->asked = durable_query(re->ttsd->durable, request, answer);
	if (!re->asked)
		timer_at(re->turn, clock_awake_ns() + RETRY_NS);
}

static void
ask_for_page(struct restore *re)
{
	const struct durable_answer answer = { row_came, page_came, re };
	char request[160];

	snprintf(request, sizeof(request),
	    "{\"do\":\"restore\",\"after\":%" PRIu64 ",\"before\":%" PRIu64
	    ",\"limit\":%d}",
	    re->after, re->before, PAGE_ROWS);
	re->cut = false;
	restore_query(re, request, &answer);
	re->lost = !re->asked;
}

static void
key_came(void *arg, const json_t *row)
{
	struct restore *re = arg;
	struct ttsd *t = re->ttsd;
	const char *key = body_string(row, "key");
	struct channel *ch = ttsd_channel(t, body_string(row, "channel"));
	int64_t due_ms =
	    body_integer(row, "due_ms", body_integer(row, "accepted_ms", 0));

	if (ch == NULL || key == NULL || strlen(key) >= IDEMPOTENCY_KEY_BYTES)
		return;
	idempotency_add(
	    &t->keys, ch, key, body_id(row, "id"), ns_of_utc(due_ms));
	idempotency_end(&t->keys, body_id(row, "id"), true);
}

static void
keys_came(void *arg, const json_t *answer)
{
	struct restore *re = arg;

	re->asked = false;
	if (answer == NULL)
		return;
	re->stage = RESTORE_ROWS;
	re->more = true;
	timer_at(re->turn, 0);
}

static void
ask_for_keys(struct restore *re)
{
	const struct durable_answer answer = { key_came, keys_came, re };
	char request[120];

	snprintf(request, sizeof(request),
	    "{\"do\":\"keys\",\"since_ms\":%" PRId64 ",\"limit\":%d}",
	    clock_utc_ms() - re->ttsd->conf.ttsd.key_window_ns / NS_PER_MS,
	    IDEMPOTENCY_ENDED_MAX);
	restore_query(re, request, &answer);
}

/* The latest comes first, and is to be shown last. */
static void
shown_came(void *arg, const json_t *row)
{
	struct restore *re = arg;

	json_array_insert(re->rows, 0, (json_t *)row);
}

static void
boards_came(void *arg, const json_t *answer)
{
	struct restore *re = arg;
	struct channel *ch;
	json_t *row;
	size_t i;

	json_array_foreach(re->rows, i, row)
	{
		ch = ttsd_channel(re->ttsd, body_string(row, "channel"));
		if (answer && ch)
			boards_call(&ch->playout.boards,
			    (json_int_t)body_id(row, "id"),
			    json_object_get(row, "show"));
	}
	json_array_clear(re->rows);
	re->asked = false;
	if (answer == NULL)
		return;
	re->stage = RESTORE_KEYS;
	ask_for_keys(re);
}

static void
ask_for_boards(struct restore *re)
{
	const struct durable_answer answer = { shown_came, boards_came, re };
	char request[60];

	snprintf(request, sizeof(request), "{\"do\":\"shown\",\"limit\":%d}",
	    SHOWN_ROWS);
	restore_query(re, request, &answer);
}

static void
desk_row_came(void *arg, const json_t *row)
{
	struct restore *re = arg;

	if (json_array_append(re->rows, (json_t *)row) < 0)
		re->cut = true;
}

/* Numbers that are not all there are not known: none is called then. */
static void
desk_came(void *arg, const json_t *answer)
{
	struct restore *re = arg;
	struct desk *desk = &re->ttsd->desk;

	re->asked = false;
	if (answer)
		desk->known = desk_recall(desk, re->rows) == 0 && !re->cut;
	json_array_clear(re->rows);
	if (answer == NULL)
		return;
	re->stage = RESTORE_BOARDS;
	ask_for_boards(re);
}

static void
ask_for_desk(struct restore *re)
{
	const struct durable_answer answer = { desk_row_came, desk_came, re };
	char request[80];

	snprintf(request, sizeof(request),
	    "{\"do\":\"desk\",\"limit\":%d,\"day\":%" PRId64 "}",
	    DESK_CALLS_MAX, series_today());
	re->cut = false;
	restore_query(re, request, &answer);
}

/* Asks for what comes before the rows. */
static void
ask_for_stage(struct restore *re)
{
	if (re->stage == RESTORE_DESK)
		ask_for_desk(re);
	else if (re->stage == RESTORE_BOARDS)
		ask_for_boards(re);
	else if (re->stage == RESTORE_KEYS)
		ask_for_keys(re);
}

/* Asks again what the ledger could not be asked. */
static void
ask_again(struct restore *re)
{
	if (!re->asked)
		ask_for_stage(re);
	if (re->stage == RESTORE_ROWS && re->lost)
		ask_for_page(re);
}

/* Begins with the page that has come, and asks for the one behind it. */
static void
turn_page(struct restore *re)
{
	json_t *done = re->rows;

	re->rows = re->coming;
	re->coming = done;
	json_array_clear(re->coming);
	re->at = 0;
	if (re->more)
		ask_for_page(re);
	else if (json_array_size(re->rows) == 0)
		restore_end(re);
}

static void
restore_turn(void *arg)
{
	struct restore *re = arg;
	int64_t until = clock_awake_ns() + TURN_NS;

	ask_again(re);
	while (re->stage == RESTORE_ROWS && !re->ttsd->stopping) {
		if (clock_awake_ns() >= until) {
			timer_at(re->turn, 0);
			return;
		}
		if (re->at < json_array_size(re->rows)) {
			if (!restore_row(re, json_array_get(re->rows, re->at)))
				return;
			re->at++;
		} else if (re->asked || re->lost) {
			return;
		} else {
			turn_page(re);
		}
	}
}

/* ---- what the header promises ------------------------------------------- */

void
restore_begin(struct restore *re, uint64_t first_id)
{
	if (re->stage == RESTORE_NOT_BEGUN) {
		re->before = first_id;
		re->stage = RESTORE_DESK;
	}
	re->lost = false;
	if (re->stage < RESTORE_ROWS)
		ask_for_stage(re);
	else
		timer_at(re->turn, 0);
}

void
restore_go_on(struct restore *re)
{
	if (re == NULL || re->stage != RESTORE_ROWS)
		return;
	/* It may have taken no more at the moment. */
	re->lost = false;
	timer_at(re->turn, 0);
}

int
restore_new(struct ttsd *t, struct restore **out)
{
	struct restore *re = calloc(1, sizeof(*re));
	int rc;

	*out = NULL;
	if (re == NULL)
		return ERR_NOMEM;
	*re = (struct restore){
		.ttsd = t, .rows = json_array(), .coming = json_array()
	};
	rc = re->rows && re->coming
		 ? timer_new(t->loop, TIMER_COARSE, restore_turn, re, &re->turn)
		 : ERR_NOMEM;
	if (rc < 0) {
		restore_free(re);
		return rc;
	}
	*out = re;
	return 0;
}

void
restore_free(struct restore *re)
{
	if (re == NULL)
		return;
	timer_free(re->turn);
	fellows_end(re);
	json_decref(re->rows);
	json_decref(re->coming);
	free(re);
}
