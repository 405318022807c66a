/* What a program tells its successor, or what is to try it. */
#include <stdlib.h>

#include "common/body.h"
#include "common/err.h"
#include "common/lines.h"
#include "ttsd/control/remainder.h"

/* So many of a channel are told before others have their turn. */
#define ROUND 64
/* So many keys, and bytes of events, are no work. */
#define KEYS_FEW 64
#define EVENTS_FEW ((size_t)16 * 1024)
/* The copy writes so much at a time, and a successor reads as much in one turn.
 */
#define PIECE_BYTES ((size_t)16 * 1024)

/* ---- what is told ------------------------------------------------------ */

typedef int remainder_fn(void *arg, json_t *word);

static json_t *
key_save(const struct idempotency_key *k)
{
	return json_pack("{s:{s:I, s:s, s:s, s:I, s:b}}", "key", "id",
	    (json_int_t)k->id, "channel", channel_name(k->channel), "key",
	    k->key, "until", (json_int_t)k->until_ns, "ended", (int)k->ended);
}

static int
each_key(const struct ttsd *t, remainder_fn *tell, void *arg)
{
	const struct key_entry *at = NULL;
	struct idempotency_key k;
	int rc = 0;

	while (rc == 0 && idempotency_next(&t->keys, &at, &k))
		rc = tell(arg, key_save(&k));
	return rc;
}

/* Tells some of a channel; returns whether there are more. */
static bool
tell_round(struct estate *e, const struct queue *q,
    const struct announcement **at, remainder_fn *tell, void *arg, int *rc)
{
	int i;

	for (i = 0; i < ROUND && *at && *rc == 0; i++) {
		*rc = tell(arg, arrival_save(e, *at));
		*at = queue_after(q, *at);
	}
	return *at && *rc == 0;
}

static int
each_arrival(
    const struct ttsd *t, struct estate *e, remainder_fn *tell, void *arg)
{
	const struct announcement **at =
	    calloc(t->channel_count + 1, sizeof(*at));
	const struct queue *q;
	bool more = at != NULL;
	size_t i;
	int rc = at ? 0 : ERR_NOMEM;

	for (i = 0; i < t->channel_count && at; i++)
		at[i] = queue_first_arrival(&t->channels[i]->playout.queue);
	while (more)
		for (i = 0, more = false; i < t->channel_count; i++) {
			q = &t->channels[i]->playout.queue;
			more |= tell_round(e, q, &at[i], tell, arg, &rc);
		}
	free(at);
	return rc;
}

static int
each_event(const struct ttsd *t, remainder_fn *tell, void *arg)
{
	struct buf all;
	const char *text;
	size_t len, scanned = 0;
	int rc;

	buf_init(&all, PARCEL_MAX);
	rc = server_events_copy(t->server, &all);
	while (rc == 0 && lines_peek(&all, &scanned, &text, &len)) {
		rc = tell(arg, json_pack("{s:s%}", "event", text, len + 1));
		buf_consume(&all, len + 1);
	}
	buf_done(&all);
	return rc;
}

static int
remainder_each(
    const struct ttsd *t, struct estate *e, remainder_fn *tell, void *arg)
{
	int rc = each_arrival(t, e, tell, arg);

	if (rc == 0)
		rc = each_key(t, tell, arg);
	return rc == 0 ? each_event(t, tell, arg) : rc;
}

static int
add_to_list(void *arg, json_t *word)
{
	json_t **list = arg;

	body_append(list, word);
	return *list ? 0 : ERR_NOMEM;
}

static int
remainder_list(const struct ttsd *t, struct estate *e)
{
	json_t *list = json_array();
	int rc = remainder_each(t, e, add_to_list, &list);

	body_put(&e->parcel->document, "remainder", list);
	return rc;
}

/* ---- a copy of us that tells it --------------------------------------- */

struct copy {
	const struct ttsd *ttsd;
	struct estate *estate;
	struct process_sink *to;
	struct buf out;
};

static int
copy_flush(struct copy *c)
{
	int rc = process_put(c->to, buf_data(&c->out), buf_len(&c->out));

	buf_clear(&c->out);
	return rc;
}

static int
copy_tell(void *arg, json_t *word)
{
	struct copy *c = arg;
	char *text = body_text(word);
	int rc = text ? buf_putf(&c->out, "%s\n", text) : ERR_NOMEM;

	free(text);
	json_decref(word);
	if (rc < 0)
		return rc;
	return buf_len(&c->out) < PIECE_BYTES ? 0 : copy_flush(c);
}

static int
copy_work(void *arg, struct process_sink *to)
{
	struct copy *c = arg;
	int rc;

	c->to = to;
	buf_init(&c->out, PARCEL_MAX);
	rc = remainder_each(c->ttsd, c->estate, copy_tell, c);
	if (rc == 0)
		rc = copy_flush(c);
	buf_done(&c->out);
	return rc;
}

static void
hear_nothing(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	(void)data;
	(void)len;
}

static void
gone_too_soon(void *arg, const struct process_end *end)
{
	(void)arg;
	(void)end;
}

/* It is the successor's to hear. */
static const struct process_events untold_events = {
	.gone = gone_too_soon, .out = hear_nothing, .err = hear_nothing
};

static int
remainder_copy(struct ttsd *t, struct estate *e)
{
	struct copy c = { .ttsd = t, .estate = e };
	const struct process_copy copy = { copy_work, &c };
	const struct process_spec spec = { .copy = &copy,
		.out_bytes = PIECE_BYTES };
	int rc =
	    process_spawn(t->loop, &spec, &untold_events, NULL, &t->teller);

	if (rc == 0)
		body_put(&e->parcel->document, "remainder",
		    process_hand_over(t->teller, e->parcel));
	return rc;
}

static bool
is_short(const struct ttsd *t)
{
	const struct key_entry *at = NULL;
	struct idempotency_key k;
	size_t i, keys = 0;

	if (server_events_bytes(t->server) > EVENTS_FEW)
		return false;
	for (i = 0; i < t->channel_count; i++)
		if (queue_first_arrival(&t->channels[i]->playout.queue))
			return false;
	while (keys <= KEYS_FEW && idempotency_next(&t->keys, &at, &k))
		keys++;
	return keys <= KEYS_FEW;
}

int
remainder_save(struct ttsd *t, struct estate *e, bool trial)
{
	return trial || is_short(t) ? remainder_list(t, e)
				    : remainder_copy(t, e);
}

void
remainder_take_back(struct ttsd *t)
{
	process_free(t->teller);
	t->teller = NULL;
}
