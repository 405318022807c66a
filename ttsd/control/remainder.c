/* What a successor is told. */
#include "ttsd/control/remainder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/lines.h"
#include "ttsd/control/leaving.h"
#include "ttsd/control/life.h"

/* One that tells nothing for so long is given up. */
#define PATIENCE_NS (10 * NS_PER_S)

/* That one has ended before its key has come. */
struct ended {
	uint64_t id;
	bool spoken;
};

struct remainder {
	struct ttsd *ttsd;
	struct estate estate;
	struct process *teller; /* the copy */
	struct timer *deadline;
	struct buf in;
	size_t scanned;   /* bytes of `in` (lines.h) */
	struct lines err; /* what it says to people */
	bool broken;      /* something that it told could not be taken */
	struct ended *ended;
	size_t ended_count;
};

/* ---- taking it -------------------------------------------------------- */

static void
key_restore(struct ttsd *t, const json_t *word)
{
	const char *key = body_string(word, "key");
	struct channel *ch = ttsd_channel(t, body_string(word, "channel"));

	if (ch && !ch->leaving && key)
		idempotency_restore(&t->keys,
		    &(struct idempotency_key){ .id = body_id(word, "id"),
			.channel = ch,
			.key = key,
			.until_ns = body_integer(word, "until", 0),
			.ended =
			    json_is_true(json_object_get(word, "ended")) });
}

static int
take_arrival(struct remainder *re, const json_t *word)
{
	struct ttsd *t = re->ttsd;
	struct channel *ch = ttsd_channel(t, body_string(word, "channel"));
	int rc;

	if (ch == NULL)
		return ERR_INVALID;
	channel_wake(ch);
	re->estate.any_engine = ch->leaving;
	rc = arrival_restore(&re->estate, &ch->playout, word);
	if (rc == 0 && ch->leaving)
		leaving_end(ch);
	else if (rc == 0 && t->stopping)
		playout_end(&ch->playout, "ttsd is stopping");
	else if (rc == 0)
		ch->woken(ch->arg);
	return rc;
}

static int
remainder_take(struct remainder *re, const json_t *word)
{
	const json_t *key = json_object_get(word, "key");
	const char *event = body_string(word, "event");

	if (event)
		return server_events_refill(
		    re->ttsd->server, event, strlen(event));
	if (key == NULL)
		return take_arrival(re, word);
	key_restore(re->ttsd, key);
	return 0;
}

/* ---- hearing the copy ------------------------------------------------- */

static void
remainder_end(struct remainder *re)
{
	struct ttsd *t = re->ttsd;
	size_t i;

	for (i = 0; i < re->ended_count; i++)
		idempotency_end(&t->keys, re->ended[i].id, re->ended[i].spoken);
	t->remainder = NULL;
	remainder_free(re);
	leaving_go(t);
	server_retry(t->server);
	if (t->stopping)
		ttsd_stop_if_done(t);
}

/* Ends those of a channel who will not arrive. */
static size_t
end_missing(struct channel *ch)
{
	struct arrivals *as = &ch->playout.arrivals;
	struct announcement *a;
	size_t n = as->count - as->came;

	for (; as->came < as->count; as->came++) {
		a = announcement_new(ch->sample_bytes);
		if (a == NULL)
			continue;
		a->id = as->ids[as->came];
		playout_refuse(&ch->playout, a, OUTCOME_FAILED,
		    "it was lost while the program changed");
	}
	return n;
}

/* What has come stays. */
static void
remainder_lose(struct remainder *re, const char *how)
{
	struct ttsd *t = re->ttsd;
	size_t i, n = 0;

	for (i = 0; i < t->channel_count; i++)
		n += end_missing(t->channels[i]);
	log_error("upgrade: %zu announcements that waited are lost, and keys: "
		  "the copy of the program before that was to tell them has "
		  "ended: %s",
	    n, how);
	remainder_end(re);
}

static void
hear_line(struct remainder *re, const char *text, size_t len)
{
	json_t *word = json_loadb(text, len, 0, NULL);

	if (word == NULL || remainder_take(re, word) < 0)
		re->broken = true;
	json_decref(word);
}

static void
teller_out(void *arg, const uint8_t *data, size_t len)
{
	struct remainder *re = arg;
	const char *text;
	size_t n;

	timer_at(re->deadline, clock_awake_ns() + PATIENCE_NS);
	if (buf_put(&re->in, data, len) < 0)
		re->broken = true;
	while (!re->broken && lines_peek(&re->in, &re->scanned, &text, &n)) {
		hear_line(re, text, n);
		buf_consume(&re->in, n + 1);
	}
	if (re->broken)
		process_kill(re->teller);
}

static void
teller_said(void *arg, char *line)
{
	(void)arg;
	log_warning("upgrade: %s", line);
}

static void
teller_err(void *arg, const uint8_t *data, size_t len)
{
	struct remainder *re = arg;

	lines_feed(&re->err, data, len, teller_said, re);
}

static void
teller_gone(void *arg, const struct process_end *end)
{
	struct remainder *re = arg;
	char how[64];

	process_describe(end, how, sizeof(how));
	if (re->broken)
		snprintf(how, sizeof(how), "it told what is not understood");
	if (re->broken || !process_ended_well(end)) {
		remainder_lose(re, how);
		return;
	}
	server_events_complete(re->ttsd->server);
	remainder_end(re);
}

static const struct process_events teller_events = {
	.gone = teller_gone, .out = teller_out, .err = teller_err
};

static void
deadline_passed(void *arg)
{
	struct remainder *re = arg;

	process_kill(re->teller);
}

static void
remainder_hear(struct remainder *re, const json_t *word)
{
	struct ttsd *t = re->ttsd;
	int rc = timer_new(
	    t->loop, TIMER_COARSE, deadline_passed, re, &re->deadline);

	t->remainder = re;
	if (rc == 0)
		rc = process_take_over(t->loop, re->estate.parcel, word,
		    &teller_events, re, &re->teller);
	if (rc < 0)
		remainder_lose(re, err_text(rc));
	else
		timer_at(re->deadline, clock_awake_ns() + PATIENCE_NS);
}

/* ---- what the header promises ----------------------------------------- */

int
remainder_new(struct ttsd *t, struct parcel *p, struct remainder **out)
{
	struct remainder *re = calloc(1, sizeof(*re));

	*out = re;
	if (re == NULL)
		return ERR_NOMEM;
	re->ttsd = t;
	buf_init(&re->in, PARCEL_MAX);
	estate_init(&re->estate, p);
	return estate_hear_common(&re->estate, p->document);
}

void
remainder_free(struct remainder *re)
{
	if (re == NULL)
		return;
	process_free(re->teller);
	timer_free(re->deadline);
	buf_done(&re->in);
	estate_done(&re->estate);
	free(re->ended);
	free(re);
}

struct estate *
remainder_estate(struct remainder *re)
{
	return &re->estate;
}

int
remainder_begin(struct remainder *re)
{
	const json_t *all =
	    json_object_get(re->estate.parcel->document, "remainder");
	size_t i;
	int rc = 0;

	if (json_is_object(all)) {
		remainder_hear(re, all);
		return 0;
	}
	for (i = 0; i < json_array_size(all) && rc == 0; i++)
		rc = remainder_take(re, json_array_get(all, i));
	if (rc < 0)
		return rc;
	server_events_complete(re->ttsd->server);
	remainder_free(re);
	return 0;
}

void
remainder_note_end(struct remainder *re, uint64_t id, bool spoken)
{
	struct ended *ended;

	if (re == NULL)
		return;
	ended = realloc(re->ended, (re->ended_count + 1) * sizeof(*re->ended));
	if (ended == NULL)
		return;
	re->ended = ended;
	re->ended[re->ended_count++] = (struct ended){ id, spoken };
}
