/*
 * What clients have said again and again: kept over whatever befalls ttsd and
 * its ledger, and told to who may know of it.
 */
#include "tests/sim/clerk.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"
#include "ttsd/desk/desk.h"

#define CHANNELS                             \
	"[channel main]\n[channel hall]\n"   \
	"[zone all]\nchannels = main hall\n" \
	"[schedule fixed]\nat = 9:00\ntext = Tea.\n"

static const char kept[] = "[ttsd]\ndurable = yes\n" CHANNELS;
static const char forgotten[] = CHANNELS;

/* The names of what there is, each behind a blank; `only` as of a request. */
static const char *
names(struct station *s, const char *only)
{
	static char text[200];
	char request[100];
	const json_t *list, *one;
	size_t i;

	snprintf(request, sizeof(request), "'op':'schedules'%s", only);
	list = json_object_get(station_good(s, request), "schedules");
	text[0] = '\0';
	json_array_foreach(list, i, one)
	{
		strcat(text, " ");
		strcat(text, json_text(one, "name"));
	}
	return text;
}

static void
begin(struct station *s, const char *conf)
{
	station_begin(s, 1, conf);
	fake_run(NS_PER_S);
	station_listen(s);
}

#define SET "'op':'set-schedule',"
#define BELL SET "'name':'bell','at':['8:00','12:30'],'text':'上课了'"
#define REMOVE "'op':'remove-schedule','name':"

static void
test_one_is_set_changed_and_removed(void **state)
{
	struct station s;
	const json_t *r, *one;

	(void)state;
	begin(&s, kept);
	r = station_good(&s, BELL ",'channel':'all','by':'front','repeat':2");
	assert_true(json_is_true(json_object_get(r, "durable")));
	assert_non_null(strstr(json_text(r, "next"), "T"));
	r = client_event_of(s.events, "schedule", 0);
	assert_string_equal(json_text(r, "schedule"), "bell");
	assert_true(json_is_true(json_object_get(r, "kept")));
	assert_int_equal(json_array_size(json_object_get(r, "channels")), 2);
	r = station_good(&s, "'op':'schedules'");
	one = json_array_get(json_object_get(r, "schedules"), 0);
	assert_string_equal(json_text(one, "text"), "上课了");
	assert_string_equal(json_text(one, "by"), "front");
	assert_int_equal(json_number(one, "repeat"), 2);
	assert_null(json_object_get(one, "op"));
	station_good(&s, BELL);
	r = station_good(&s, "'op':'schedules'");
	one = json_array_get(json_object_get(r, "schedules"), 0);
	assert_null(json_object_get(one, "repeat"));
	station_good(&s, REMOVE "'bell'");
	r = client_event_of(s.events, "schedule", 0);
	r = client_event_of(s.events, "schedule", 0);
	assert_false(json_is_true(json_object_get(r, "kept")));
	assert_string_equal(names(&s, ""), "");
	station_refuses(&s, REMOVE "'bell'", "nothing is said");
	station_end(&s);
}

static void
test_refusals(void **state)
{
	static const char *const wrong[][2] = {
		{ "'name':'a'", "`at` or `every`" },
		{ "'name':'a','at':'8:00'", "`text` or `clip`" },
		{ "'name':'a','at':'25:00','text':'x'", "[schedule a] at: " },
		{ "'name':'a','at':['8:00',5],'text':'x'", "list of strings" },
		{ "'name':'a','at':'\\\"8:00','text':'x'", "balanced" },
		{ "'name':'a','every':'5x','text':'x'", "a duration" },
		{ "'name':'a','every':'1s','text':'x'", "a minute" },
		{ "'name':'a','at':'8:00','text':'x','days':'monday'",
		    "days: " },
		{ "'name':'a','at':'8:00','text':'x','repeat':21", "from 1" },
		{ "'name':'a','at':'8:00','text':'x','channel':'moon'",
		    "no channel" },
		{ "'name':'a','at':'8:00','text':'x','channel':[]", "empty" },
		{ "'name':'a','at':'8:00','text':'x','colour':'y'", "colour" },
		{ "'name':'a b','at':'8:00','text':'x'", "letters" },
		{ "'name':'','at':'8:00','text':'x'", "letters" },
		{ "'name':'fixed','at':'8:00','text':'x'",
		    "in the configuration" },
		{ "'name':'a','at':'8:00','text':'x','by':'\\u0007'",
		    "control" },
		{ "'name':'a','at':'8:00','text':'x','priority':'urgent',"
		  "'no_urgent':true",
		    "urgent" },
	};
	char request[300];
	struct station s;
	size_t i;

	(void)state;
	begin(&s, kept);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(request, sizeof(request), SET "%s", wrong[i][0]);
		station_refuses(&s, request, wrong[i][1]);
	}
	station_refuses(&s, REMOVE "'fixed'", "in the configuration");
	assert_string_equal(names(&s, ""), "");
	station_end(&s);
}

/* As many as are kept, and each as long as it may be. */
static void
test_bounds(void **state)
{
	static char request[DESK_SCHEDULE_BYTES + 200], times[8192];
	struct station s;
	size_t i, n = 0;

	(void)state;
	begin(&s, kept);
	for (i = 0; i < DESK_SCHEDULES_MAX; i++) {
		snprintf(request, sizeof(request),
		    SET "'name':'n%zu','every':'5m','text':'x'", i);
		station_good(&s, request);
	}
	station_refuses(&s, BELL, "as many as are kept");
	station_good(&s, SET "'name':'n7','every':'6m','text':'y'");
	station_good(&s, REMOVE "'n7'");
	for (i = 0; i < 900; i++)
		n += (size_t)snprintf(times + n, sizeof(times) - n,
		    "%s'%zu:%02zu'", i ? "," : "", i / 60, i % 60);
	snprintf(request, sizeof(request),
	    SET "'name':'bell','at':[%s],'text':'x'", times);
	station_good(&s, request);
	snprintf(request, sizeof(request), REMOVE "'bell'");
	station_good(&s, request);
	n = strlen(times);
	for (i = 900; n + 10 < sizeof(times); i++)
		n += (size_t)snprintf(times + n, sizeof(times) - n,
		    ",'%zu:%02zu'", i / 60, i % 60);
	snprintf(request, sizeof(request),
	    SET "'name':'bell','at':[%s],'text':'x'", times);
	station_refuses(&s, request, "at most 8192 are kept");
	station_end(&s);
}

/* Who is for some channels sees and changes what is said there alone. */
static void
test_who_may_know(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	station_good(&s, BELL);
	station_good(
	    &s, SET "'name':'h','at':'8:00','text':'x','channel':'hall'");
	station_good(
	    &s, SET "'name':'z','at':'8:00','text':'x','channel':'all'");
	assert_string_equal(names(&s, ",'only':['hall']"), " h");
	assert_string_equal(names(&s, ",'only':['main']"), "");
	assert_string_equal(names(&s, ",'only':['all']"), " h z");
	station_refuses(&s,
	    SET "'name':'bell','at':'1:00','text':'x','only':['hall']",
	    "taken");
	station_refuses(&s,
	    SET "'name':'a','at':'1:00','text':'x','channel':'all',"
		"'only':['hall']",
	    "may not use");
	station_refuses(&s, REMOVE "'bell','only':['hall']", "nothing is said");
	/* What names no channel is for theirs. */
	station_good(
	    &s, SET "'name':'own','at':'1:00','text':'x','only':['hall']");
	assert_string_equal(names(&s, ",'only':['hall']"), " h own");
	station_good(&s, REMOVE "'own','only':['hall']");
	assert_string_equal(names(&s, ""), " bell h z");
	station_end(&s);
}

static void
test_over_a_power_cut_and_an_upgrade(void **state)
{
	struct station s;

	(void)state;
	begin(&s, kept);
	station_good(&s, BELL);
	station_good(&s, SET "'name':'b','at':'8:00','text':'x'");
	assert_true(station_upgrade(&s, kept));
	assert_string_equal(names(&s, ""), " bell b");
	station_good(&s, REMOVE "'b'");
	station_good(&s, SET "'name':'c','at':'8:00','text':'x'");
	station_cut(&s);
	fake_run(NS_PER_S);
	station_start_again(&s, kept);
	assert_string_equal(names(&s, ""), " bell c");
	station_end(&s);
}

/* Nothing is changed of what nobody knows. */
static void
test_a_ledger_that_does_not_open(void **state)
{
	struct station s;

	(void)state;
	clerk_set_fate(CLERK_REFUSES);
	begin(&s, kept);
	fake_run(5 * NS_PER_S);
	station_refuses(&s, "'op':'schedules'", "is not known");
	station_refuses(&s, BELL, "is not known");
	station_refuses(&s, REMOVE "'bell'", "is not known");
	station_end(&s);
}

/* What a ledger that hangs does not say is told so, and is kept later. */
static void
test_a_ledger_that_hangs(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	begin(&s, kept);
	station_good(&s, "'op':'schedules'");
	clerk_set_fate(CLERK_IS_SILENT);
	r = station_good(&s, BELL);
	assert_true(json_is_false(json_object_get(r, "durable")));
	assert_true(json_text(r, "reason")[0] != '\0');
	assert_string_equal(names(&s, ""), " bell");
	station_end(&s);
}

static void
test_nothing_is_kept(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	begin(&s, forgotten);
	r = station_good(&s, BELL);
	assert_null(json_object_get(r, "durable"));
	assert_true(station_upgrade(&s, forgotten));
	assert_string_equal(names(&s, ""), " bell");
	station_cut(&s);
	fake_run(NS_PER_S);
	station_start_again(&s, forgotten);
	assert_string_equal(names(&s, ""), "");
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(test_one_is_set_changed_and_removed),
		ON_DISK(test_refusals),
		ON_DISK(test_bounds),
		ON_DISK(test_who_may_know),
		ON_DISK(test_over_a_power_cut_and_an_upgrade),
		ON_DISK(test_a_ledger_that_does_not_open),
		ON_DISK(test_a_ledger_that_hangs),
		ON_DISK(test_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
