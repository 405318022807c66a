/* Whose turn it is for a worker. */
#include "tests/unit/test.h"
#include "ttsd/pool/job.h"

static void
assert_order(const struct job_line *line, const char *names)
{
	const struct job *job;

	for (job = line->first; job; job = job->next)
		assert_int_equal(job->number, *names++);
	assert_int_equal(*names, '\0');
}

static void
test_who_is_on_air_goes_first(void **state)
{
	struct job jobs[] = { { .number = 'a', .rank = JOB_ASIDE },
		{ .number = 'b', .rank = JOB_ON_AIR },
		{ .number = 'c', .rank = JOB_ASIDE },
		{ .number = 'd', .rank = JOB_ON_AIR } };
	struct job again = { .number = 'e', .rank = JOB_ASIDE };
	struct job lost = { .number = 'f', .rank = JOB_ON_AIR };
	struct job_line line;
	size_t i;

	(void)state;
	job_line_init(&line);
	for (i = 0; i < COUNT_OF(jobs); i++)
		job_line_push(&line, &jobs[i]);
	assert_order(&line, "bdac");
	job_line_push_first(&line, &again);
	job_line_push_first(&line, &lost);
	assert_order(&line, "fbdeac");
	assert_int_equal(job_line_count(&line), 6);
	assert_int_equal(line.counts[JOB_ON_AIR], 3);
}

/* Every job goes once, from every place, and comes back. */
static void
test_ends_are_kept(void **state)
{
	struct job jobs[6];
	struct job_line line;
	size_t i, gone;

	(void)state;
	for (gone = 0; gone < COUNT_OF(jobs); gone++) {
		job_line_init(&line);
		for (i = 0; i < COUNT_OF(jobs); i++) {
			jobs[i] = (struct job){ .number = 'a' + i,
				.rank = i < 3 ? JOB_ON_AIR : JOB_ASIDE };
			job_line_push(&line, &jobs[i]);
		}
		for (i = 0; i <= gone; i++)
			job_line_remove(&line, &jobs[(i + gone) % 6]);
		assert_int_equal(job_line_count(&line), 5 - gone);
		for (i = 0; i <= gone; i++)
			job_line_push(&line, &jobs[(i + gone) % 6]);
		assert_int_equal(job_line_count(&line), 6);
		for (i = 0; i < COUNT_OF(jobs); i++) {
			assert_int_equal(
			    line.first->rank, i < 3 ? JOB_ON_AIR : JOB_ASIDE);
			job_line_remove(&line, line.first);
		}
		assert_null(line.first);
		job_line_push(&line, &jobs[5]);
		job_line_push(&line, &jobs[0]);
		assert_order(&line, "af");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_on_air_goes_first),
		cmocka_unit_test(test_ends_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
