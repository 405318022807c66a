/* What is on air, as a document for a successor, and made of it again. */
#include "common/body.h"
#include "common/err.h"
#include "tests/unit/test.h"
#include "ttsd/upgrade/estate.h"

static const struct playout_format format = {
	.rate_hz = 24000, .channels = 2, .chunk = 240
};

static bool
outlives(void *arg, const struct announcement *a)
{
	(void)arg;
	(void)a;
	return true;
}

static void
telling(void *arg, uint64_t id, uint64_t number)
{
	(void)arg;
	(void)id;
	(void)number;
}

static const struct playout_owner owner = { .outlives = outlives,
	.telling = telling };

static void
playout_begin(struct playout *p)
{
	const struct bed_format music = { format.rate_hz, format.channels };
	const struct bed_ducking ducking = { -12, 0, 0 };

	assert_int_equal(playout_init(p, "main", NULL, &format, 10), 0);
	assert_int_equal(bed_init(&p->bed, "main", NULL, &music, &ducking), 0);
	playout_set_owner(p, &owner, NULL);
}

/* ---- a playout in the midst of it -----------------------------------------
 */

static struct announcement *
new_announcement(struct playout *p, uint64_t id)
{
	struct announcement *a = announcement_new(p->sample_bytes);
	struct part pause = { .pause_ms = 500 + id };

	assert_non_null(a);
	a->id = id;
	a->playout = p;
	assert_int_equal(saying_add_text(a->asked.saying, strdup("Grüße")), 0);
	assert_int_equal(saying_add_part(a->asked.saying, &pause), 0);
	return a;
}

static void
add_sound(struct announcement *a, size_t samples)
{
	static uint8_t pcm[4 * 4800];
	json_t *mark = json_pack("{s:s, s:i}", "mark", "word", "sample", 7);
	size_t i;

	for (i = 0; i < sizeof(pcm); i++)
		pcm[i] = (uint8_t)(i * 31 + a->id);
	announcement_set_making(a, MAKING_UNDER_WAY);
	announcement_next_step(a);
	assert_int_equal(announcement_add_mark(a, mark), 0);
	assert_int_equal(recording_add_pcm(a->made, pcm, samples * 4), 0);
	json_decref(mark);
}

/* One is on air, with sound ahead; one that it interrupted waits before two
 * that say the same as each other, of which one plays what is made for the
 * other; and one is not due yet. */
static void
fill(struct playout *p)
{
	struct announcement *on_air = new_announcement(p, 1), *a, *b;
	struct ensemble *e = NULL;
	int16_t heard[2 * 100];

	add_sound(on_air, 4800);
	announcement_set_state(on_air, ANNOUNCEMENT_ON_AIR);
	announcement_take(on_air, heard, 100);
	p->current = on_air;
	a = new_announcement(p, 2);
	add_sound(a, 300);
	announcement_set_state(a, ANNOUNCEMENT_ON_AIR);
	announcement_take(a, heard, 50);
	announcement_set_state(a, ANNOUNCEMENT_PREEMPTED);
	queue_push_first(&p->queue, a);
	a = new_announcement(p, 3);
	b = announcement_new(p->sample_bytes);
	b->id = 4;
	b->playout = p;
	announcement_say_as(b, a->asked.saying);
	add_sound(a, 200);
	announcement_share(b, a);
	assert_int_equal(ensemble_join(&e, a, true), 0);
	assert_int_equal(ensemble_join(&e, b, true), 0);
	assert_int_equal(queue_push(&p->queue, a, 0), 0);
	assert_int_equal(queue_push(&p->queue, b, 0), 0);
	a = new_announcement(p, 5);
	a->asked.due_ns = INT64_MAX - 1;
	assert_int_equal(queue_push(&p->queue, a, 0), 0);
	tail_add(&p->tail, heard, 90, &p->fade);
	playout_pause(p, true);
	p->position = 123456;
	hold_note(&p->hold, 3, 7, 1000);
	p->counters.outcomes[OUTCOME_SPOKEN] = 77;
	assert_int_equal(bed_set(&p->bed, "music"), 0);
	bed_set_volume(&p->bed, 40);
}

static void
save(const struct playout *p, struct parcel *parcel)
{
	struct estate e;

	assert_int_equal(parcel_init(parcel), 0);
	estate_init(&e, parcel);
	body_put(&parcel->document, "playout", playout_save(&e, p));
	estate_tell_common(&e, &parcel->document);
	estate_done(&e);
	assert_non_null(parcel->document);
}

static struct engine *
no_engine(const struct estate *e, const char *name)
{
	(void)e;
	(void)name;
	return NULL;
}

static int
restore(struct playout *p, struct parcel *parcel)
{
	struct estate e;
	int rc;

	estate_init(&e, parcel);
	e.engine = no_engine;
	e.trial = true;
	rc = estate_hear_common(&e, parcel->document);
	if (rc == 0)
		rc = playout_restore_all(
		    &e, p, json_object_get(parcel->document, "playout"));
	estate_done(&e);
	return rc;
}

static void
pack(const struct parcel *p, struct buf *out)
{
	buf_init(out, PARCEL_MAX);
	assert_int_equal(parcel_pack(p, out), 0);
}

/* ---- the tests ------------------------------------------------------------
 */

static void
test_what_goes_in_comes_out(void **state)
{
	struct buf before, after;
	struct parcel first, second;
	struct playout p, q;

	(void)state;
	playout_begin(&p);
	fill(&p);
	save(&p, &first);
	playout_begin(&q);
	assert_int_equal(restore(&q, &first), 0);
	assert_int_equal(q.current->made->front, 100);
	assert_int_equal(q.queue.count, 4);
	assert_int_equal(q.hold.readers, 3);
	assert_true(hold_is_on(&q.hold));
	assert_false(announcement_is_alone(queue_find(&q.queue, 3)));
	save(&q, &second);
	pack(&first, &before);
	pack(&second, &after);
	assert_int_equal(buf_len(&before), buf_len(&after));
	assert_memory_equal(
	    buf_data(&before), buf_data(&after), buf_len(&before));
	buf_done(&before);
	buf_done(&after);
	parcel_done(&first);
	parcel_done(&second);
	playout_done(&p);
	playout_done(&q);
}

/* Two that played from one recording go on to do so, each at its place. */
static void
test_what_is_shared_is_shared_again(void **state)
{
	struct announcement *a, *b;
	struct parcel parcel;
	struct playout p, q;

	(void)state;
	playout_begin(&p);
	fill(&p);
	save(&p, &parcel);
	playout_begin(&q);
	assert_int_equal(restore(&q, &parcel), 0);
	a = queue_find(&q.queue, 3);
	b = queue_find(&q.queue, 4);
	assert_ptr_equal(a->made, b->made);
	assert_ptr_equal(a->asked.saying, b->asked.saying);
	assert_ptr_equal(a->ensemble, b->ensemble);
	assert_true(a->ensemble->together);
	assert_int_equal(announcement_available(b), 200);
	parcel_done(&parcel);
	playout_done(&p);
	playout_done(&q);
}

#define MANY 30

/* Many behind those; of each second one, a fellow. */
static void
fill_many(struct playout *p)
{
	struct ensemble *e = NULL;
	struct announcement *a;
	uint64_t id;

	p->queue.max = MANY + 10;
	for (id = 10; id < 10 + MANY; id++) {
		a = new_announcement(p, id);
		if (id % 2 == 0)
			e = NULL;
		ensemble_join(&e, a, true);
		assert_int_equal(queue_push(&p->queue, a, 0), 0);
	}
}

/* Has those arrive who wait behind the first; returns how many did. */
static size_t
arrive(const struct playout *from, struct playout *to, struct parcel *parcel)
{
	const struct announcement *a = queue_first_arrival(&from->queue);
	struct estate saving, restoring;
	json_t *word;
	size_t n = 0;

	estate_init(&saving, parcel);
	body_put(&parcel->document, "playout", playout_save(&saving, from));
	estate_tell_common(&saving, &parcel->document);
	estate_init(&restoring, parcel);
	restoring.engine = no_engine;
	restoring.trial = true;
	assert_int_equal(estate_hear_common(&restoring, parcel->document), 0);
	assert_int_equal(playout_restore_all(&restoring, to,
			     json_object_get(parcel->document, "playout")),
	    0);
	assert_int_equal(playout_waiting(to), from->queue.count);
	for (; a; a = queue_after(&from->queue, a)) {
		word = arrival_save(&saving, a);
		assert_int_equal(arrival_restore(&restoring, to, word), 0);
		/* Nobody twice. */
		assert_true(arrival_restore(&restoring, to, word) < 0);
		json_decref(word);
		n++;
	}
	estate_done(&saving);
	estate_done(&restoring);
	return n;
}

static void
test_who_arrives_afterwards(void **state)
{
	const struct announcement *a, *b;
	struct parcel parcel;
	struct playout p, q;
	size_t n;

	(void)state;
	playout_begin(&p);
	fill(&p);
	fill_many(&p);
	playout_begin(&q);
	assert_int_equal(parcel_init(&parcel), 0);
	n = arrive(&p, &q, &parcel);
	assert_in_range(n, MANY - 10, MANY);
	assert_int_equal(playout_waiting(&q), p.queue.count);
	for (a = queue_first(&p.queue), b = queue_first(&q.queue); a && b;
	     a = queue_after(&p.queue, a), b = queue_after(&q.queue, b)) {
		assert_int_equal(a->id, b->id);
		assert_string_equal(
		    announcement_title(a), announcement_title(b));
		assert_int_equal(!a->ensemble, !b->ensemble);
		if (a->fellow)
			assert_int_equal(a->fellow->id, b->fellow->id);
		assert_false(b->ensemble && b->ensemble->held);
	}
	assert_true(a == NULL && b == NULL);
	parcel_done(&parcel);
	playout_done(&p);
	playout_done(&q);
}

/* ---- documents that are wrong ---------------------------------------------
 */

static size_t
count_nodes(const json_t *v)
{
	const char *name;
	json_t *child;
	size_t n = 1, i;

	json_object_foreach((json_t *)v, name, child) n += count_nodes(child);
	json_array_foreach(v, i, child) n += count_nodes(child);
	return n;
}

static json_t *
something_else(struct rng *r)
{
	switch (rng_below(r, 6)) {
	case 0:
		return json_integer(-1);
	case 1:
		return json_integer(INT64_MAX);
	case 2:
		return json_string("nonsense");
	case 3:
		return json_array();
	case 4:
		return json_object();
	default:
		return json_integer((json_int_t)rng_below(r, 300));
	}
}

/* Changes one value, the n-th of all that are below. */
static void
spoil(json_t *v, size_t *n, struct rng *r)
{
	const char *name;
	json_t *child;
	size_t i;

	json_object_foreach(v, name, child)
	{
		if ((*n)-- == 0) {
			json_object_set_new(v, name, something_else(r));
			return;
		}
		spoil(child, n, r);
		if (*n > (size_t)1 << 32)
			return;
	}
	json_array_foreach(v, i, child)
	{
		if ((*n)-- == 0) {
			json_array_set_new(v, i, something_else(r));
			return;
		}
		spoil(child, n, r);
		if (*n > (size_t)1 << 32)
			return;
	}
}

/* Whatever is wrong in it, it is refused or does no harm. */
static void
test_wrong_documents(void **state)
{
	struct rng r = { 5 };
	struct playout p, q;
	struct parcel parcel;
	json_t *whole;
	size_t i, n, refused = 0;

	(void)state;
	playout_begin(&p);
	fill(&p);
	save(&p, &parcel);
	whole = parcel.document;
	for (i = 0; i < 3000; i++) {
		parcel.document = json_deep_copy(whole);
		n = rng_below(&r, count_nodes(whole) - 1);
		spoil(parcel.document, &n, &r);
		playout_begin(&q);
		refused += restore(&q, &parcel) < 0;
		playout_done(&q);
		json_decref(parcel.document);
	}
	/* It is no test of one that reads nothing. */
	assert_in_range(refused, 500, 2900);
	parcel.document = whole;
	parcel_done(&parcel);
	playout_done(&p);
}

/* An engine that the configuration has no more is named. */
static void
test_an_engine_that_is_gone(void **state)
{
	json_t *word = json_pack("{s:[], s:[{s:s, s:s, s:{}, s:{}}]}", "texts",
	    "parts", "engine", "piper", "text", "hello", "speech", "segment");
	struct announcement *a = announcement_new(4);
	struct parcel parcel;
	struct estate e;

	(void)state;
	assert_int_equal(parcel_init(&parcel), 0);
	estate_init(&e, &parcel);
	e.engine = no_engine;
	assert_int_equal(
	    saying_restore(&e, a->asked.saying, word), ERR_INVALID);
	assert_non_null(strstr(e.fault, "'piper'"));
	estate_done(&e);
	parcel_done(&parcel);
	announcement_free(a);
	json_decref(word);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_goes_in_comes_out),
		cmocka_unit_test(test_what_is_shared_is_shared_again),
		cmocka_unit_test(test_who_arrives_afterwards),
		cmocka_unit_test(test_wrong_documents),
		cmocka_unit_test(test_an_engine_that_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
