/* Names in the configuration that only others know: the system its folders and
 * programs, engines their voices, languages and clips. A start and a check
 * blame the section that has a wrong one; an engine that cannot tell is
 * trusted by a start, and not by a check. */
#include "common/err.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"
#include "ttsd/control/names.h"

/* What each configuration is blamed for; NULL: nothing. */
struct example {
	const char *conf;
	const char *blame;
};

#define CLIPS "[ttsd]\nclips_dir = /clips\n"

static const struct example examples[] = {
	{ "", NULL },
	{ "[channel main]\nvoice = gmw/de\n", NULL },
	{ "[channel main]\nvoice = nobody\n",
	    ":2: [channel main] voice: engine 'espeak' has no such voice" },
	{ "[channel main]\nlanguage = de\n", NULL },
	{ "[channel main]\nlanguage = auto\n", NULL },
	{ "[channel main]\nlanguage = ja\n",
	    ":2: [channel main] language: engine 'espeak' has no such "
	    "language" },
	/* Another engine speaks it. */
	{ "[channel main]\nlanguage = ja\n[engine t]\ntype = tone\n"
	  "[language ja]\nengine = t\n",
	    NULL },
	{ "[language ja]\nengine = espeak\nvoice = nobody\n",
	    ":3: [language ja] voice: engine 'espeak' has no such voice" },
	{ "[language ja]\nvoice = nobody\n", NULL },
	{ CLIPS "[channel main]\nbed = music\n", NULL },
	{ CLIPS "[channel main]\nbed = silence\n",
	    ":4: [channel main] bed: engine 'clip' has no such clip" },
	/* The first one that is wrong is blamed. */
	{ "[channel a]\nvoice = gmw/en\n[channel b]\nvoice = x\n"
	  "[channel c]\nvoice = y\n",
	    ":4: [channel b] voice: " },
};

static void
expect_blame(const struct conf_error *e, int rc, const char *blame)
{
	if (blame == NULL) {
		assert_int_equal(rc, 0);
		return;
	}
	assert_int_equal(rc, ERR_INVALID);
	if (strstr(e->text, blame) == NULL)
		fail_msg("'%s', and not '%s'", e->text, blame);
}

/* --check-config. */
static int
prove(const char *text, struct conf_error *e)
{
	struct conf conf;
	int rc;

	station_configure(&conf, text);
	fake_enter();
	rc = names_prove(&conf, e);
	fake_leave();
	conf_done(&conf);
	assert_int_equal(proc_living(), 0);
	return rc;
}

static void
test_a_check_asks_the_engines(void **state)
{
	struct conf_error e;
	size_t i;
	int rc;

	(void)state;
	for (i = 0; i < COUNT_OF(examples); i++) {
		fake_begin(i + 1);
		speakers_begin();
		rc = prove(examples[i].conf, &e);
		expect_blame(&e, rc, examples[i].blame);
		fake_end();
	}
}

/* Returns what a start ends with once it is on air. */
static enum daemon_step
start_proved(struct station *s, const char *conf)
{
	enum daemon_step step;

	assert_int_equal(station_start(s, conf), DAEMON_GO_ON);
	fake_enter();
	step = ttsd_prove_names(&s->ttsd);
	fake_leave();
	return step;
}

static void
test_a_start_asks_the_engines(void **state)
{
	struct station s;
	enum daemon_step step;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(examples); i++) {
		fake_begin(i + 1);
		speakers_begin();
		step = start_proved(&s, examples[i].conf);
		assert_int_equal(
		    step, examples[i].blame ? EXIT_CONFIG : DAEMON_GO_ON);
		if (examples[i].blame)
			assert_true(fake_logged(examples[i].blame));
		station_end(&s);
	}
}

/* Story: an engine whose server was down when ttsd began kept the whole house
 * silent, though other channels did not need it. */
static void
test_an_engine_that_cannot_be_asked(void **state)
{
	static const char conf[] = "[channel main]\nvoice = nobody\n";
	struct conf_error e;
	struct station s;
	int rc;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_fault("espeak", FAULT_DIES_AT_ONCE, 1000);
	rc = prove(conf, &e);
	expect_blame(&e, rc,
	    ":2: [channel main] voice: engine 'espeak' cannot be asked "
	    "whether it has that: exit status 69");
	assert_int_equal(start_proved(&s, conf), DAEMON_GO_ON);
	station_end(&s);
}

/* One that loads a model for some seconds: a check waits for it, a start goes
 * on without what it has to tell. */
static void
test_an_engine_that_takes_its_time(void **state)
{
	static const char conf[] = "[channel main]\nvoice = nobody\n";
	struct conf_error e;
	struct station s;
	int64_t begun;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_warm_up(9 * NS_PER_S);
	assert_int_equal(prove(conf, &e), ERR_INVALID);
	begun = clock_now_ns();
	assert_int_equal(start_proved(&s, conf), DAEMON_GO_ON);
	assert_in_range(clock_now_ns() - begun, 2 * NS_PER_S, 4 * NS_PER_S);
	station_end(&s);
}

/* Somebody ends ttsd while it waits for its engines. */
static void
test_a_stop_ends_the_asking(void **state)
{
	struct station s;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_warm_up(60 * NS_PER_S);
	assert_int_equal(station_start(&s, "[channel main]\nvoice = nobody\n"),
	    DAEMON_GO_ON);
	fake_signal(s.ttsd.loop, LOOP_TERMINATE);
	fake_enter();
	assert_int_equal(ttsd_prove_names(&s.ttsd), EXIT_STOPPED);
	fake_leave();
	station_end(&s);
}

static void
test_what_the_system_knows(void **state)
{
	struct conf conf;
	struct conf_error e;
	int rc;

	(void)state;
	fake_begin(1);
	station_configure(&conf, CLIPS);
	fake_folder("/clips", ERR_DENIED);
	rc = names_check_files(&conf, &e);
	expect_blame(&e, rc < 0 ? ERR_INVALID : 0,
	    ":2: [ttsd] clips_dir: the folder "
	    "cannot be read: permission denied");
	conf_done(&conf);
	fake_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_check_asks_the_engines),
		cmocka_unit_test(test_a_start_asks_the_engines),
		cmocka_unit_test(test_an_engine_that_cannot_be_asked),
		cmocka_unit_test(test_an_engine_that_takes_its_time),
		cmocka_unit_test(test_a_stop_ends_the_asking),
		cmocka_unit_test(test_what_the_system_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
