#include "streamer-supervisor/outputs/receipt_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"

/* How often what is owed is looked at. */
#define LOOK_NS (200 * NS_PER_MS)

/* ---- what is told ------------------------------------------------------- */

static json_t *
describe(uint64_t id, const struct owed_word *w)
{
	json_t *o = json_pack("{s:I, s:s}", "id", (json_int_t)id, "state",
	    owed_state_names[w->state]);

	if (w->state == OWED_HEARD) {
		body_put(&o, "delay_ms", json_integer(w->delay_ms));
		body_put(&o, "confidence", json_real(w->confidence));
	} else if (w->reason[0]) {
		body_put_text(&o, "reason", w->reason);
	}
	return o;
}

static void
book_tell(struct receipt_book *b, uint64_t id, const struct owed_word *w)
{
	b->told[w->state]++;
	b->env->receipt(b->env->arg, b->output, b->channel, describe(id, w));
}

static void
book_remove(struct receipt_book *b, size_t i)
{
	b->count--;
	memmove(
	    &b->owed[i], &b->owed[i + 1], (b->count - i) * sizeof(b->owed[0]));
}

static void
book_forget(struct receipt_book *b, size_t i, const char *why)
{
	uint64_t id = b->owed[i].id;

	book_remove(b, i);
	book_disown(b, id, why);
}

void
book_disown(struct receipt_book *b, uint64_t id, const char *why)
{
	struct owed_word w = { .state = OWED_UNKNOWN };

	snprintf(w.reason, sizeof(w.reason), "%s", why);
	book_tell(b, id, &w);
}

void
book_lose(struct receipt_book *b, const char *why)
{
	while (b->count > 0)
		book_forget(b, 0, why);
	timer_at(b->timer, INT64_MAX);
}

/* ---- what is owed ------------------------------------------------------- */

static struct owed *
book_find(const struct receipt_book *b, uint64_t id)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		if (b->owed[i].id == id)
			return &b->owed[i];
	return NULL;
}

bool
book_owes(const struct receipt_book *b, uint64_t id)
{
	return book_find(b, id) != NULL;
}

/* Finds it, or adds it as one of id 0; NULL without memory. */
static struct owed *
book_open(struct receipt_book *b, uint64_t id)
{
	struct owed *o = book_find(b, id);
	size_t cap = b->cap ? b->cap * 2 : 4;

	if (o)
		return o;
	if (b->count == BOOK_MAX)
		book_forget(b, 0, "too many announcements at once");
	if (b->count == b->cap) {
		o = realloc(b->owed, cap * sizeof(*o));
		if (o == NULL)
			return NULL;
		b->owed = o;
		b->cap = cap;
	}
	o = &b->owed[b->count++];
	*o = (struct owed){ .id = 0 };
	return o;
}

static bool
has_to_be_placed(const struct receipt_book *b)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		if (b->owed[i].phase == OWED_PLACING)
			return true;
	return false;
}

static bool
is_being_sent(const struct receipt_book *b)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		if (b->owed[i].phase == OWED_SENDING ||
		    b->owed[i].phase == OWED_ACKNOWLEDGING)
			return true;
	return false;
}

/* Tells all there is to tell of one by now; true when it is over. */
static bool
book_step(struct receipt_book *b, struct owed *o, const struct owed_sender *s)
{
	int64_t now = clock_awake_ns();
	struct owed_word w;
	bool over = false;

	while (!over && owed_next(o, s, now, &w, &over))
		book_tell(b, o->id, &w);
	return over;
}

/* Who reads the channel is asked for until the last sample has been given. */
static void
book_ask(struct receipt_book *b)
{
	size_t i;

	if (!has_to_be_placed(b))
		return;
	if (source_is_up(b->env->source)) {
		source_ask_readers(b->env->source, b->channel);
		return;
	}
	for (i = 0; i < b->count; i++)
		owed_displace(&b->owed[i], "ttsd was lost before it was known");
}

static void
book_look(void *arg)
{
	struct receipt_book *b = arg;
	struct owed_sender s;
	size_t i = 0;

	book_ask(b);
	b->look(b->arg, is_being_sent(b), &s);
	while (i < b->count)
		if (book_step(b, &b->owed[i], &s))
			book_remove(b, i);
		else
			i++;
	timer_at(
	    b->timer, b->count > 0 ? clock_awake_ns() + LOOK_NS : INT64_MAX);
}

void
book_owe(struct receipt_book *b, const struct owed_span *span)
{
	struct owed *o = book_open(b, span->id);
	struct owed_sender s;

	if (o == NULL) {
		book_disown(b, span->id, err_text(ERR_NOMEM));
		return;
	}
	b->look(b->arg, false, &s);
	owed_begin(o, span, b->hears, &s, clock_awake_ns());
	timer_at(b->timer, clock_awake_ns() + LOOK_NS);
}

/* ---- who reads the channel ---------------------------------------------- */

/* The lag is told in whole milliseconds, cut off. */
static void
read_reader(const json_t *channel, const json_t *one, struct owed_reader *out)
{
	uint64_t rate = body_count(channel, "rate");
	uint64_t sample = body_count(channel, "sample");
	uint64_t lag = (body_count(one, "lag_ms") + 1) * rate / 1000;

	*out = (struct owed_reader){
		.pid = body_integer(one, "pid", 0),
		.first_sample = body_count(one, "first_sample"),
		.left_out = body_count(one, "left_out"),
		.edge = body_count(one, "edge"),
		.reached = sample > lag ? sample - lag : 0,
		.rate_hz = (uint32_t)rate,
	};
}

static bool
find_reader(struct receipt_book *b, const json_t *channel,
    const struct owed_sender *s, struct owed_reader *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(channel, "subscribers"), i, one)
	{
		read_reader(channel, one, out);
		if (out->pid == s->pid && out->rate_hz > 0)
			return true;
	}
	return b->reading(b->arg, out);
}

void
book_readers(struct receipt_book *b, const json_t *channel)
{
	struct owed_reader reader;
	struct owed_sender s;
	bool found;
	size_t i;

	if (!has_to_be_placed(b))
		return;
	b->look(b->arg, false, &s);
	found = find_reader(b, channel, &s, &reader);
	for (i = 0; i < b->count; i++)
		if (b->owed[i].pid == s.pid)
			owed_place(&b->owed[i], found ? &reader : NULL);
}

/* ---- the ear ------------------------------------------------------------ */

static enum owed_state
read_state(const json_t *receipt)
{
	const char *text = json_string_value(json_object_get(receipt, "state"));
	enum owed_state state = OWED_HEARD;

	while (text && state < OWED_UNKNOWN &&
	       strcmp(owed_state_names[state], text) != 0)
		state++;
	return text ? state : OWED_UNKNOWN;
}

void
book_heard(struct receipt_book *b, const json_t *receipt)
{
	struct owed_word w = { .state = read_state(receipt) };
	uint64_t id = body_count(receipt, "id");
	struct owed *o = book_open(b, id);

	w.delay_ms = json_integer_value(json_object_get(receipt, "delay_ms"));
	w.confidence =
	    json_number_value(json_object_get(receipt, "confidence"));
	snprintf(w.reason, sizeof(w.reason), "%s",
	    body_string_or(receipt, "reason", ""));
	if (o == NULL) {
		book_tell(b, id, &w);
		return;
	}
	if (o->id == 0)
		owed_begin_early(o, id, clock_awake_ns());
	owed_hear(o, &w, clock_awake_ns());
	timer_at(b->timer, clock_awake_ns());
}

/* ---- upgrades ----------------------------------------------------------- */

json_t *
book_hand_over(const struct receipt_book *b)
{
	json_t *o = json_object(), *owed = json_array();
	size_t i;

	for (i = 0; i < b->count; i++)
		body_append(&owed, record_save(owed_fields, &b->owed[i]));
	body_put(&o, "owed", owed);
	body_put(&o, "told", book_status(b));
	return o;
}

static int
take_owed(struct receipt_book *b, const json_t *record)
{
	struct owed one = { .id = 0 }, *o;
	int rc = record_load(owed_fields, record, &one);

	if (rc < 0)
		return rc;
	o = book_open(b, one.id);
	if (o == NULL)
		return ERR_NOMEM;
	*o = one;
	return 0;
}

int
book_take_over(struct receipt_book *b, const json_t *word)
{
	const json_t *told = json_object_get(word, "told"), *one;
	size_t i;
	int rc = 0;

	for (i = 0; i < OWED_STATE_COUNT; i++)
		b->told[i] = body_count(told, owed_state_names[i]);
	json_array_foreach(json_object_get(word, "owed"), i, one)
	{
		if (rc == 0)
			rc = take_owed(b, one);
	}
	if (b->count > 0)
		timer_at(b->timer, clock_awake_ns() + LOOK_NS);
	return rc;
}

/* ---- what the header promises ------------------------------------------- */

json_t *
book_status(const struct receipt_book *b)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < OWED_STATE_COUNT; i++)
		body_put(&o, owed_state_names[i],
		    json_integer((json_int_t)b->told[i]));
	return o;
}

int
book_init(struct receipt_book *b)
{
	return timer_new(b->env->loop, TIMER_COARSE, book_look, b, &b->timer);
}

void
book_done(struct receipt_book *b)
{
	timer_free(b->timer);
	free(b->owed);
}
