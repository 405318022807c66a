/*
 * Guards the text that Prometheus reads: every metric has one head and then
 * all of its samples; labels, help and numbers are written as format 0.0.4
 * wants them; the pieces together are the whole, whether things stay or come
 * and go; and a text that has no room fails instead of being cut.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "common/err.h"
#include "daemon/metrics.h"

struct thing {
	const char *name;
	double value;
};

struct world {
	struct thing things[4];
	size_t count;
};

static void
put_value(struct metrics *m, const void *thing)
{
	metrics_put(m, ((const struct thing *)thing)->value);
}

static void
put_count(struct metrics *m, const void *all)
{
	metrics_put(m, (double)((const struct world *)all)->count);
}

static void
put_colours(struct metrics *m, const void *all)
{
	(void)all;
	metrics_put_for(m, "red", 1);
	metrics_put_for(m, "a\\b\"c\nd", 0);
}

static void
put_shares(struct metrics *m, const void *thing)
{
	metrics_put_for(m, "half", ((const struct thing *)thing)->value / 2);
}

static size_t
things(const void *all)
{
	return ((const struct world *)all)->count;
}

static const void *
thing(const void *all, size_t i, const char **name)
{
	const struct world *w = all;

	*name = w->things[i].name;
	return &w->things[i];
}

static const void *
next(const void *all, const void *last, const char **name)
{
	const struct world *w = all;
	const struct thing *t =
	    last ? (const struct thing *)last + 1 : w->things;

	if (t == w->things + w->count)
		return NULL;
	*name = t->name;
	return t;
}

static const struct metric of_all[] = {
	{ "x_things", METRIC_GAUGE, NULL, "How many.", put_count },
	{ "x_colours", METRIC_GAUGE, "colour",
	    "Back\\slash,\nnew line, \"quote\".", put_colours },
};

static const struct metric of_each[] = {
	{ "x_size_bytes", METRIC_GAUGE, NULL, "How big.", put_value },
	{ "x_shares_total", METRIC_COUNTER, "share", "Shares.", put_shares },
};

static const char whole[] =
    "# HELP x_things How many.\n"
    "# TYPE x_things gauge\n"
    "x_things 2\n"
    "# HELP x_colours Back\\\\slash,\\nnew line, \"quote\".\n"
    "# TYPE x_colours gauge\n"
    "x_colours{colour=\"red\"} 1\n"
    "x_colours{colour=\"a\\\\b\\\"c\\nd\"} 0\n"
    "# HELP x_size_bytes How big.\n"
    "# TYPE x_size_bytes gauge\n"
    "x_size_bytes{thing=\"one\"} 1\n"
    "x_size_bytes{thing=\"tw\\\"o\"} 2.5\n"
    "# HELP x_shares_total Shares.\n"
    "# TYPE x_shares_total counter\n"
    "x_shares_total{thing=\"one\",share=\"half\"} 0.5\n"
    "x_shares_total{thing=\"tw\\\"o\",share=\"half\"} 1.25\n";

static const struct world world = {
	.things = { { "one", 1 }, { "tw\"o", 2.5 } }, .count = 2
};

/* Everything that the groups say of `w`; returns how many steps it took. */
static size_t
write_all(const struct metric_group *groups, const struct world *w, char *text,
    size_t size)
{
	struct buf out;
	size_t step = 0;
	int rc;

	buf_init(&out, size - 1);
	while ((rc = metrics_step(groups, w, step, &out)) == 1)
		step++;
	assert_int_equal(rc, 0);
	memcpy(text, buf_len(&out) ? buf_data(&out) : (const uint8_t *)"",
	    buf_len(&out));
	text[buf_len(&out)] = '\0';
	buf_done(&out);
	return step;
}

static void
test_things_that_stay(void **state)
{
	static const struct metric_group groups[] = {
		{ METRIC_GROUP(of_all) },
		{ METRIC_GROUP(of_each), .label = "thing", .things = things,
		    .thing = thing },
		{ 0 },
	};
	char text[4096];

	(void)state;
	/* A step for each thing: no piece grows with their number. */
	assert_int_equal(write_all(groups, &world, text, sizeof(text)), 6);
	assert_string_equal(text, whole);
}

static void
test_things_that_come_and_go(void **state)
{
	static const struct metric_group groups[] = {
		{ METRIC_GROUP(of_all) },
		{ METRIC_GROUP(of_each), .label = "thing", .next = next },
		{ 0 },
	};
	char text[4096];

	(void)state;
	/* A step for each metric: none of them sees two states of the world. */
	assert_int_equal(write_all(groups, &world, text, sizeof(text)), 4);
	assert_string_equal(text, whole);
}

static void
test_no_things(void **state)
{
	static const struct metric_group stay[] = {
		{ METRIC_GROUP(of_each), .label = "thing", .things = things,
		    .thing = thing },
		{ METRIC_GROUP(of_all) },
		{ 0 },
	};
	static const struct metric_group go[] = {
		{ METRIC_GROUP(of_each), .label = "thing", .next = next },
		{ 0 },
	};
	static const struct world none = { .count = 0 };
	char text[4096];

	(void)state;
	assert_int_equal(write_all(stay, &none, text, sizeof(text)), 2);
	assert_null(strstr(text, "x_size_bytes"));
	assert_non_null(strstr(text, "x_things 0\n"));
	write_all(go, &none, text, sizeof(text));
	assert_string_equal(text,
	    "# HELP x_size_bytes How big.\n# TYPE x_size_bytes gauge\n"
	    "# HELP x_shares_total Shares.\n# TYPE x_shares_total counter\n");
}

static void
test_numbers(void **state)
{
	static const struct {
		double value;
		const char *text;
	} numbers[] = {
		{ 0, "0" },
		{ -3, "-3" },
		{ 1e14, "100000000000000" },
		{ 0.1, "0.1" },
		{ -0.001437461, "-0.001437461" },
		{ 1234567.891, "1234567.891" },
		{ 1e300, "1e+300" },
		{ INFINITY, "+Inf" },
		{ -INFINITY, "-Inf" },
		{ NAN, "NaN" },
	};
	static const struct metric_group groups[] = {
		{ .metrics = of_each,
		    .count = 1,
		    .label = "thing",
		    .next = next },
		{ 0 },
	};
	char text[512], line[64];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(numbers); i++) {
		struct world w = { .things = { { "n", numbers[i].value } },
			.count = 1 };

		write_all(groups, &w, text, sizeof(text));
		snprintf(line, sizeof(line), "\nx_size_bytes{thing=\"n\"} %s\n",
		    numbers[i].text);
		if (strstr(text, line) == NULL)
			fail_msg("%s is not in %s", line, text);
	}
}

#define MS INT64_C(1000000)

static const int64_t bounds[] = { 1 * MS, 20 * MS, INT64_MAX };
static struct histogram measured;

static void
put_measured(struct metrics *m, const void *all)
{
	(void)all;
	metrics_put_histogram(m, &measured);
}

static void
test_a_histogram(void **state)
{
	static const struct metric rows[] = {
		{ "x_wait_seconds", METRIC_HISTOGRAM, NULL, "Waits.",
		    put_measured },
	};
	static const struct metric_group groups[] = { { METRIC_GROUP(rows) },
		{ 0 } };
	char text[1024];

	(void)state;
	histogram_init(&measured, bounds);
	histogram_add(&measured, 1 * MS); /* a bound belongs to its bucket */
	histogram_add(&measured, 1 * MS + 1);
	histogram_add(&measured, 20 * MS);
	histogram_add(&measured, 3000 * MS);
	histogram_add(&measured, -5);
	write_all(groups, &world, text, sizeof(text));
	assert_string_equal(text, "# HELP x_wait_seconds Waits.\n"
				  "# TYPE x_wait_seconds histogram\n"
				  "x_wait_seconds_bucket{le=\"0.001\"} 2\n"
				  "x_wait_seconds_bucket{le=\"0.02\"} 4\n"
				  "x_wait_seconds_bucket{le=\"+Inf\"} 5\n"
				  "x_wait_seconds_sum 3.022000001\n"
				  "x_wait_seconds_count 5\n");
}

static void
test_no_room(void **state)
{
	static const struct metric_group groups[] = { { METRIC_GROUP(of_all) },
		{ 0 } };
	struct buf out;

	(void)state;
	buf_init(&out, 40);
	assert_int_equal(metrics_step(groups, &world, 0, &out), ERR_FULL);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_things_that_stay),
		cmocka_unit_test(test_things_that_come_and_go),
		cmocka_unit_test(test_no_things),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_a_histogram),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
