/*
 * How long an engine waits for an outside program: for its sound, for its end,
 * for it to tidy up. A program that left a grandchild behind held a worker for
 * ever, and so did one that closed its output and lived on.
 *
 * The child and the clock below the module are ours: time passes where it waits
 * and nowhere else.
 */
#include "tests/unit/test.h"

#include <limits.h>

#include "common/err.h"
#include "common/log.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_child.h"
#include "ttsd/engines/kit/kit_clock.h"
#include "ttsd/engines/kit/kit_complaint.h"
#include "ttsd/engines/kit/kit_input.h"
#include "ttsd/engines/kit/kit_io.h"
#include "ttsd/engines/kit/kit_process.h"

#define NEVER INT_MAX
#define SIGKILL_NUMBER 9
#define LINGER_MS 2000
#define ASK_MS 200

/* What the program, and the daemon above, do at which time. */
struct script {
	int says_ms;   /* three bytes */
	int wakes_ms;  /* its output seems ready, and is not */
	int closes_ms; /* its output */
	int ends_ms;
	int tidies_ms; /* so long after it was asked to end; < 0: it can't be
			  asked */
	int cancelled_ms;
	int over_ms; /* the engine's input ends */
};

static const struct script nothing = { NEVER, NEVER, NEVER, NEVER, NEVER, NEVER,
	NEVER };

struct kit_child {
	struct script script;
	bool said, woke, closed, ended, asked;
};

static struct kit_child child;
static int now_ms, freed_ms, start_err;
static char logged[256];

/* ---- the system --------------------------------------------------------- */

int64_t
io_now_ns(void)
{
	return now_ms * KIT_NS_PER_MS;
}

int
kit_wanted(void)
{
	const struct script *s = &child.script;

	return now_ms >= s->cancelled_ms || now_ms >= s->over_ms ? ERR_CLOSED
								 : 0;
}

bool
kit_input_ended(void)
{
	return now_ms >= child.script.over_ms;
}

int
kit_child_start(
    struct kit_child **out, char *const argv[], const void *input, size_t len)
{
	(void)argv;
	(void)input;
	(void)len;
	*out = start_err ? NULL : &child;
	return start_err;
}

static bool
is_due(bool done, int at_ms)
{
	return !done && at_ms <= now_ms;
}

static bool
is_readable(const struct kit_child *c)
{
	return !c->closed && (is_due(c->said, c->script.says_ms) ||
				 is_due(c->woke, c->script.wakes_ms) ||
				 c->script.closes_ms <= now_ms);
}

/* Nothing that is past wakes anybody again. */
static void
sooner(int *next_ms, int at_ms)
{
	if (at_ms > now_ms && at_ms < *next_ms)
		*next_ms = at_ms;
}

bool
kit_child_serve(struct kit_child *c, int timeout_ms)
{
	const struct script *s = &c->script;
	int next_ms = timeout_ms < 0 ? NEVER : now_ms + timeout_ms;

	if (!c->closed) {
		sooner(&next_ms, s->says_ms);
		sooner(&next_ms, s->wakes_ms);
		sooner(&next_ms, s->closes_ms);
	}
	sooner(&next_ms, s->ends_ms);
	sooner(&next_ms, s->cancelled_ms);
	sooner(&next_ms, s->over_ms);
	if (!is_readable(c) && next_ms == NEVER)
		fail_msg("it waits for ever");
	if (!is_readable(c))
		now_ms = next_ms;
	c->ended = s->ends_ms <= now_ms;
	return is_readable(c);
}

long
kit_child_read(struct kit_child *c, void *data, size_t cap)
{
	assert_true(cap >= 3);
	if (is_due(c->woke, c->script.wakes_ms)) {
		c->woke = true;
		return ERR_AGAIN;
	}
	if (is_due(c->said, c->script.says_ms)) {
		c->said = true;
		memcpy(data, "pcm", 3);
		return 3;
	}
	return 0;
}

void
kit_child_close(struct kit_child *c)
{
	c->closed = true;
}

bool
kit_child_has_ended(const struct kit_child *c)
{
	return c->ended;
}

bool
kit_child_ask(struct kit_child *c)
{
	if (c->script.tidies_ms < 0)
		return false;
	c->asked = true;
	if (c->script.tidies_ms != NEVER)
		c->script.ends_ms = now_ms + c->script.tidies_ms;
	return true;
}

void
kit_child_free(struct kit_child *c, struct kit_process_end *end)
{
	freed_ms = now_ms;
	*end = (struct kit_process_end){ .signaled = !c->ended,
		.number = c->ended ? 3 : SIGKILL_NUMBER };
}

/* ---- a program ---------------------------------------------------------- */

static struct kit_process *
program_start(const struct script *s)
{
	char *const argv[] = { "/usr/bin/speaker", NULL };
	struct kit_process *p;

	child = (struct kit_child){ .script = *s };
	now_ms = 0;
	freed_ms = -1;
	start_err = 0;
	assert_int_equal(kit_process_start(&p, argv, "", 0), 0);
	return p;
}

static void
expect_read(struct kit_process *p, unsigned timeout_ms, long result, int at_ms)
{
	char data[8];

	assert_int_equal(
	    kit_process_read(p, data, sizeof(data), timeout_ms), result);
	assert_int_equal(now_ms, at_ms);
}

static void
expect_finish(struct kit_process *p, bool killed, int at_ms)
{
	struct kit_process_end end;

	assert_int_equal(kit_process_finish(p, &end), 0);
	assert_int_equal(end.killed, killed);
	assert_int_equal(end.signaled, killed);
	assert_int_equal(end.number, killed ? SIGKILL_NUMBER : 3);
	assert_int_equal(freed_ms, at_ms);
}

/* ---- tests -------------------------------------------------------------- */

static void
test_speaks_and_ends(void **state)
{
	struct script s = nothing;
	struct kit_process *p;

	(void)state;
	s.wakes_ms = 5;
	s.says_ms = 10;
	s.closes_ms = 20;
	s.ends_ms = 30;
	p = program_start(&s);
	expect_read(p, 0, 3, 10);
	expect_read(p, 100, 0, 20);
	expect_finish(p, false, 30);
	assert_false(child.asked);
}

/* The caller may go on reading after a time-out. */
static void
test_says_nothing_for_a_while(void **state)
{
	struct script s = nothing;
	struct kit_process *p;

	(void)state;
	s.wakes_ms = 50; /* that is no output */
	s.says_ms = 150;
	p = program_start(&s);
	expect_read(p, 100, ERR_TIMEOUT, 100);
	expect_read(p, 100, 3, 150);
	expect_read(p, 100, ERR_TIMEOUT, 250);
	kit_process_kill(p);
}

/* The program ended, and something that it started has its output open. */
static void
test_what_it_left_behind_holds_its_output(void **state)
{
	struct script s = nothing;
	struct kit_process *p;

	(void)state;
	s.ends_ms = 10;
	s.says_ms = 1000;
	p = program_start(&s);
	expect_read(p, 0, 3, 1000);
	/* The time counts from the program's end, not from its last word. */
	expect_read(p, 60000, 0, 10 + LINGER_MS);
	expect_finish(p, false, 10 + LINGER_MS);
	p = program_start(&s);
	child.said = true;
	expect_read(p, 500, 0, 500);
	expect_finish(p, false, 500);
}

/* Its output is at its end, and it lives on. */
static void
test_does_not_end(void **state)
{
	struct script s = nothing;
	struct kit_process *p;

	(void)state;
	s.closes_ms = 20;
	p = program_start(&s);
	expect_read(p, 0, 0, 20);
	expect_finish(p, true, 20 + LINGER_MS);
}

/* A cancelled job lets go of its program at once, wherever it waits. */
static void
test_cancelled(void **state)
{
	struct script s = nothing;
	struct kit_process_end end;
	struct kit_process *p;

	(void)state;
	s.cancelled_ms = 70;
	s.tidies_ms = 30;
	p = program_start(&s);
	expect_read(p, 0, ERR_CLOSED, 70);
	assert_false(child.asked);
	kit_process_kill(p);
	assert_true(child.asked);
	assert_int_equal(freed_ms, 100);
	p = program_start(&s);
	assert_int_equal(kit_process_finish(p, &end), ERR_CLOSED);
	assert_true(child.asked);
	assert_int_equal(freed_ms, 100);
}

/* What it does not tidy up in its time stays as it is; and at the end of
 * everything, or where it can't be asked, there is no such time. */
static void
test_killed(void **state)
{
	static const struct {
		int tidies_ms, over_ms, freed_ms;
		bool asked;
	} cases[] = {
		{ 120, NEVER, 120, true },
		{ ASK_MS + 1, NEVER, ASK_MS, true },
		{ NEVER, NEVER, ASK_MS, true },
		{ NEVER, 50, 50, true },
		{ 30, 0, 0, false },
		{ -1, NEVER, 0, false },
	};
	struct script s = nothing;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		s.tidies_ms = cases[i].tidies_ms;
		s.over_ms = cases[i].over_ms;
		kit_process_kill(program_start(&s));
		assert_int_equal(child.asked, cases[i].asked);
		assert_int_equal(freed_ms, cases[i].freed_ms);
	}
	kit_process_kill(NULL);
}

static void
test_cannot_be_started(void **state)
{
	char *const argv[] = { "speaker", NULL };
	struct kit_process *p = (struct kit_process *)&child;

	(void)state;
	start_err = ERR_NOT_FOUND;
	assert_int_equal(kit_process_start(&p, argv, "", 0), ERR_NOT_FOUND);
	assert_null(p);
}

static void
keep_line(enum log_level level, const char *line)
{
	(void)level;
	snprintf(logged, sizeof(logged), "%s", line);
}

/* The folder of a program is nobody's affair; its last words may have no
 * newline. */
static void
test_whose_complaints(void **state)
{
	static const char *const paths[] = { "speaker", "/usr/bin/speaker",
		"C:\\Programs\\speaker" };
	struct kit_process *p;
	size_t i;

	(void)state;
	log_init(keep_line, LOG_INFO);
	for (i = 0; i < COUNT_OF(paths); i++) {
		char *const argv[] = { (char *)paths[i], NULL };

		start_err = 0;
		child = (struct kit_child){ .script = nothing };
		assert_int_equal(kit_process_start(&p, argv, "", 0), 0);
		assert_string_equal(kit_complaint(), "");
		kit_complaint_put("no voice", 8);
		kit_process_kill(p);
		assert_string_equal(logged, "speaker: no voice");
		assert_string_equal(kit_complaint(), "no voice");
	}
	log_init(NULL, LOG_ERROR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_speaks_and_ends),
		cmocka_unit_test(test_says_nothing_for_a_while),
		cmocka_unit_test(test_what_it_left_behind_holds_its_output),
		cmocka_unit_test(test_does_not_end),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_cannot_be_started),
		cmocka_unit_test(test_whose_complaints),
	};

	return cmocka_run_group_tests_name("kit_process", tests, NULL, NULL);
}
