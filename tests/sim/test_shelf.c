/* Announcements that are made ahead, and kept: what ttsd/air/shelf.h promises,
 * with the engines of a whole ttsd. */
#include <string.h>

#include "tests/sim/station.h"
#include "tests/unit/test.h"
#include "ttsd/air/shelf.h"

#define TEXT "leave the building"
/* Until it is tried again, at most. */
#define FIRST_TRY (3 * NS_PER_S)

struct cellar {
	struct station s;
	struct shelf *shelf;
	size_t changes; /* that were told */
	const struct shelf_item *changed;
};

static void
note_change(void *arg, const struct shelf_item *item)
{
	struct cellar *c = arg;

	c->changes++;
	c->changed = item;
}

static void
cellar_begin(struct cellar *c)
{
	*c = (struct cellar){ .changes = 0 };
	station_begin(&c->s, 1,
	    "[channel main]\n[channel hall]\n"
	    "[channel high]\nrate = 48000\n");
	assert_int_equal(
	    shelf_new(c->s.ttsd.loop, note_change, c, &c->shelf), 0);
	fake_run(NS_PER_S);
}

static void
cellar_end(struct cellar *c)
{
	shelf_free(c->shelf);
	speakers_fault(NULL, FAULT_NONE, 0);
	station_end(&c->s);
}

static struct playout *
playout_at(struct cellar *c, size_t channel)
{
	return &c->s.ttsd.channels[channel]->playout;
}

/* Of one pause, which needs no engine. */
static struct announcement *
pause_of(struct cellar *c, size_t channel, uint64_t ms)
{
	struct playout *p = playout_at(c, channel);
	struct announcement *a = announcement_new(p->sample_bytes);
	struct part part = { .pause_ms = ms };

	assert_non_null(a);
	assert_int_equal(saying_add_part(a->asked.saying, &part), 0);
	a->asked.repeat = 1;
	a->playout = p;
	return a;
}

static struct engine *
voice(struct cellar *c)
{
	const struct conf_engine *first = conf_engine_at(&c->s.ttsd.conf, 0);
	size_t i;

	for (i = 0; i < c->s.ttsd.engine_count; i++)
		if (strcmp(engine_name(c->s.ttsd.engines[i]),
			first->block.name) == 0)
			return c->s.ttsd.engines[i];
	fail_msg("there is no engine");
	return NULL;
}

/* Of a text, said behind a pause. */
static struct announcement *
text_of(struct cellar *c, const char *text)
{
	struct announcement *a = pause_of(c, 0, 100);
	struct part part = { .engine = voice(c),
		.speech = { .text = strdup(text) } };

	assert_int_equal(saying_add_part(a->asked.saying, &part), 0);
	return a;
}

/* Puts one alone. */
static struct shelf_item *
keep(struct cellar *c, struct announcement *a)
{
	struct shelf_item *it;

	shelf_begin(c->shelf);
	it = shelf_put(c->shelf, a);
	assert_non_null(it);
	shelf_settle(c->shelf);
	return it;
}

static bool
is_ready(const struct shelf_item *it)
{
	return shelf_item_state(it).ready;
}

static bool
finds(struct cellar *c, struct announcement *a)
{
	bool found = shelf_find(c->shelf, a) != NULL;

	announcement_free(a);
	return found;
}

static size_t
count_made(const struct cellar *c)
{
	const struct shelf_item *at = NULL;
	size_t n = 0;

	while (shelf_next_made(c->shelf, &at) != NULL)
		n++;
	assert_null(at);
	return n;
}

/* ---- what is kept ------------------------------------------------------- */

static void
test_made_and_found(void **state)
{
	struct cellar c;
	struct shelf_item *it;

	(void)state;
	cellar_begin(&c);
	assert_null(shelf_find(NULL, NULL));
	it = keep(&c, pause_of(&c, 0, 500));
	assert_false(is_ready(it));
	assert_int_equal(shelf_item_state(it).ms, 0);
	assert_true(shelf_item_state(it).again);
	assert_false(finds(&c, pause_of(&c, 0, 500)));
	assert_int_equal(count_made(&c), 0);
	fake_run(NS_PER_S);
	assert_true(is_ready(it));
	assert_int_equal(shelf_item_state(it).ms, 500);
	assert_string_equal(shelf_item_state(it).why, "");
	assert_false(shelf_item_state(it).again);
	assert_int_equal(c.changes, 1);
	assert_ptr_equal(c.changed, it);
	assert_int_equal(count_made(&c), 1);
	/* Who says the same, in the same format: no other. */
	assert_true(finds(&c, pause_of(&c, 0, 500)));
	assert_true(finds(&c, pause_of(&c, 1, 500)));
	assert_false(finds(&c, pause_of(&c, 2, 500)));
	assert_false(finds(&c, pause_of(&c, 0, 501)));
	cellar_end(&c);
}

/* What is told again stays as it is, and what is not goes with the second. */
static void
test_told_all_over(void **state)
{
	struct cellar c;
	struct shelf_item *one, *other;

	(void)state;
	cellar_begin(&c);
	shelf_begin(c.shelf);
	one = shelf_put(c.shelf, pause_of(&c, 0, 100));
	other = shelf_put(c.shelf, pause_of(&c, 0, 200));
	assert_ptr_equal(shelf_put(c.shelf, pause_of(&c, 1, 100)), one);
	assert_ptr_not_equal(one, other);
	shelf_settle(c.shelf);
	fake_run(NS_PER_S);
	assert_int_equal(count_made(&c), 2);
	assert_int_equal(c.changes, 2);
	shelf_begin(c.shelf);
	shelf_put_again(NULL);
	shelf_put_again(other);
	/* They may be far apart: it serves until then. */
	fake_run(60 * NS_PER_S);
	assert_true(finds(&c, pause_of(&c, 0, 100)));
	shelf_settle(c.shelf);
	fake_run(NS_PER_S);
	assert_false(finds(&c, pause_of(&c, 0, 100)));
	assert_true(finds(&c, pause_of(&c, 0, 200)));
	assert_int_equal(c.changes, 2);
	cellar_end(&c);
}

/* From the program before: it serves at once, unless nobody wants it. */
static void
test_put_made(void **state)
{
	struct cellar c;
	struct announcement *a;
	struct shelf_item *it;
	int makeshift;

	(void)state;
	for (makeshift = 0; makeshift < 2; makeshift++) {
		cellar_begin(&c);
		a = pause_of(&c, 0, 300);
		synthesis_continue(a->playout, a);
		assert_true(announcement_is_made(a));
		a->made->makeshift = makeshift;
		assert_int_equal(shelf_put_made(c.shelf, a), 0);
		assert_true(finds(&c, pause_of(&c, 0, 300)));
		it = keep(&c, pause_of(&c, 0, 300));
		assert_true(is_ready(it));
		/* What a fallback made is made anew. */
		assert_int_equal(shelf_item_state(it).again, makeshift);
		assert_int_equal(
		    strstr(shelf_item_state(it).why, "fallback") != NULL,
		    makeshift);
		fake_run(NS_PER_S);
		assert_true(is_ready(it));
		assert_int_equal(c.changes, makeshift);
		assert_string_equal(shelf_item_state(it).why, "");
		shelf_begin(c.shelf);
		shelf_settle(c.shelf);
		assert_false(finds(&c, pause_of(&c, 0, 300)));
		cellar_end(&c);
	}
}

/* ---- what fails --------------------------------------------------------- */

/* It is tried again by itself, later and later; the same is told once. */
static void
test_tried_again(void **state)
{
	struct cellar c;
	struct shelf_item *it;
	size_t jobs, early;

	(void)state;
	cellar_begin(&c);
	speakers_fault(NULL, FAULT_ERROR, UINT32_MAX);
	jobs = speakers_jobs();
	it = keep(&c, text_of(&c, TEXT));
	fake_run(FIRST_TRY);
	assert_false(is_ready(it));
	assert_true(shelf_item_state(it).again);
	assert_true(shelf_item_state(it).why[0] != '\0');
	assert_int_equal(c.changes, 1);
	fake_run(60 * NS_PER_S);
	early = speakers_jobs() - jobs;
	assert_true(early >= 3);
	fake_run(3600 * NS_PER_S);
	jobs = speakers_jobs();
	fake_run(60 * NS_PER_S);
	assert_true(speakers_jobs() - jobs < early);
	assert_int_equal(c.changes, 1);
	speakers_fault(NULL, FAULT_NONE, 0);
	fake_run(600 * NS_PER_S);
	assert_true(is_ready(it));
	assert_string_equal(shelf_item_state(it).why, "");
	assert_int_equal(c.changes, 2);
	cellar_end(&c);
}

/* An engine that may make another sound by now: what was made serves. */
static void
test_made_again(void **state)
{
	struct cellar c;
	struct shelf_item *one;
	size_t jobs;

	(void)state;
	cellar_begin(&c);
	shelf_begin(c.shelf);
	one = shelf_put(c.shelf, text_of(&c, TEXT));
	shelf_put(c.shelf, pause_of(&c, 0, 100));
	shelf_settle(c.shelf);
	fake_run(5 * NS_PER_S);
	assert_int_equal(count_made(&c), 2);
	jobs = speakers_jobs();
	shelf_make_again(c.shelf, c.s.ttsd.clips);
	fake_run(5 * NS_PER_S);
	assert_int_equal(speakers_jobs(), jobs);
	shelf_make_again(c.shelf, voice(&c));
	assert_true(is_ready(one));
	assert_true(shelf_item_state(one).again);
	fake_run(5 * NS_PER_S);
	assert_int_equal(speakers_jobs(), jobs + 1);
	assert_false(shelf_item_state(one).again);
	assert_int_equal(c.changes, 3);
	cellar_end(&c);
}

/* ---- bounds ------------------------------------------------------------- */

static void
test_one_has_a_bound(void **state)
{
	struct cellar c;
	struct shelf_item *it;

	(void)state;
	cellar_begin(&c);
	shelf_begin(c.shelf);
	it = shelf_put(c.shelf, pause_of(&c, 0, SHELF_ITEM_MAX_MS + 1000));
	shelf_settle(c.shelf);
	fake_run(3600 * NS_PER_S);
	assert_false(is_ready(it));
	assert_non_null(
	    strstr(shelf_item_state(it).why, "longer than a minute"));
	/* Not before something has changed. */
	assert_false(shelf_item_state(it).again);
	assert_int_equal(c.changes, 1);
	cellar_end(&c);
}

/* What is over the whole is made once there is room. */
static void
test_all_have_a_bound(void **state)
{
	const size_t fit = SHELF_MAX_MS / (SHELF_ITEM_MAX_MS - 1000);
	struct shelf_item *items[12];
	struct cellar c;
	size_t i;

	(void)state;
	cellar_begin(&c);
	shelf_begin(c.shelf);
	for (i = 0; i < COUNT_OF(items); i++)
		items[i] = shelf_put(
		    c.shelf, pause_of(&c, 0, SHELF_ITEM_MAX_MS - 1000 - i));
	shelf_settle(c.shelf);
	fake_run(10 * NS_PER_S);
	assert_int_equal(count_made(&c), fit);
	for (i = fit; i < COUNT_OF(items); i++) {
		assert_non_null(strstr(
		    shelf_item_state(items[i]).why, "longer than ten minutes"));
		assert_false(shelf_item_state(items[i]).again);
	}
	shelf_begin(c.shelf);
	for (i = 1; i < COUNT_OF(items); i++)
		shelf_put_again(items[i]);
	shelf_settle(c.shelf);
	fake_run(10 * NS_PER_S);
	assert_int_equal(count_made(&c), fit);
	assert_true(is_ready(items[fit]));
	cellar_end(&c);
}

/* ---- the end ------------------------------------------------------------ */

static void
test_stopped(void **state)
{
	struct cellar c;
	struct shelf_item *it;
	size_t jobs;

	(void)state;
	cellar_begin(&c);
	speakers_fault(NULL, FAULT_SILENT, UINT32_MAX);
	it = keep(&c, text_of(&c, TEXT));
	fake_run(NS_PER_S);
	shelf_stop(c.shelf);
	speakers_fault(NULL, FAULT_NONE, 0);
	jobs = speakers_jobs();
	shelf_begin(c.shelf);
	shelf_put_again(it);
	shelf_settle(c.shelf);
	shelf_make_again(c.shelf, voice(&c));
	fake_run(600 * NS_PER_S);
	assert_false(is_ready(it));
	assert_int_equal(speakers_jobs(), jobs);
	shelf_free(NULL);
	cellar_end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_and_found),
		cmocka_unit_test(test_told_all_over),
		cmocka_unit_test(test_put_made),
		cmocka_unit_test(test_tried_again),
		cmocka_unit_test(test_made_again),
		cmocka_unit_test(test_one_has_a_bound),
		cmocka_unit_test(test_all_have_a_bound),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
