/*
 * A copy of this process that works beside it. Story: a program that was tried
 * was told all that waits by the daemon itself, and sound waited meanwhile.
 */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/platform.h"

/* More than a pipe holds. */
#define BYTES ((size_t)300000)

struct heard {
	struct loop *loop;
	struct process *process;
	struct buf out, err;
	struct process_end end;
};

static int number; /* as it is when the copy is made */

static void
heard_out(void *arg, const uint8_t *data, size_t len)
{
	struct heard *h = arg;

	buf_put(&h->out, data, len);
}

static void
heard_err(void *arg, const uint8_t *data, size_t len)
{
	struct heard *h = arg;

	buf_put(&h->err, data, len);
}

static void
heard_gone(void *arg, const struct process_end *end)
{
	struct heard *h = arg;

	h->end = *end;
	loop_stop(h->loop);
}

static const struct process_events events = {
	.gone = heard_gone, .out = heard_out, .err = heard_err
};

static void
begin(struct heard *h, int (*work)(void *arg, struct process_sink *to),
    const char *const *argv)
{
	const struct process_copy copy = { work, h };
	const struct process_spec spec = { .argv = argv, .copy = &copy };

	*h = (struct heard){ .loop = NULL };
	buf_init(&h->out, SIZE_MAX);
	buf_init(&h->err, SIZE_MAX);
	assert_int_equal(loop_new(&h->loop), 0);
	assert_int_equal(
	    process_spawn(h->loop, &spec, &events, h, &h->process), 0);
}

static void
end(struct heard *h)
{
	process_free(h->process);
	loop_free(h->loop);
	buf_done(&h->out);
	buf_done(&h->err);
}

static int
put_much(void *arg, struct process_sink *to)
{
	static char bytes[BYTES];
	size_t i;

	(void)arg;
	for (i = 0; i < BYTES; i++)
		bytes[i] = (char)(i * 31 + (size_t)number);
	service_complain("it works");
	return process_put(to, bytes, BYTES);
}

static void
expect_much(const struct heard *h)
{
	const uint8_t *got = buf_data(&h->out);
	size_t i;

	assert_int_equal(h->end.err, 0);
	assert_false(h->end.signalled);
	assert_int_equal(h->end.code, 0);
	assert_int_equal(buf_len(&h->out), BYTES);
	for (i = 0; i < BYTES; i++)
		assert_int_equal(got[i], (uint8_t)(i * 31 + 5));
	assert_int_equal(buf_len(&h->err), strlen("it works\n"));
}

static void
test_by_itself(void **state)
{
	struct heard h;

	(void)state;
	number = 5;
	begin(&h, put_much, NULL);
	number = 6;
	loop_run(h.loop);
	expect_much(&h);
	end(&h);
}

static void
test_before_a_program(void **state)
{
	static const char *const argv[] = { "cat", NULL };
	struct heard h;

	(void)state;
	number = 5;
	begin(&h, put_much, argv);
	number = 6;
	loop_run(h.loop);
	expect_much(&h);
	end(&h);
}

static int
put_half(void *arg, struct process_sink *to)
{
	(void)arg;
	process_put(to, "half", 4);
	return ERR_INVALID;
}

/* No program begins behind one that fails. */
static void
test_one_that_fails(void **state)
{
	static const char *const cat[] = { "cat", NULL };
	struct heard h;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin(&h, put_half, i ? cat : NULL);
		loop_run(h.loop);
		assert_int_equal(h.end.code, 1);
		assert_int_equal(buf_len(&h.out), i ? 0 : 4);
		end(&h);
	}
}

static void
test_a_program_that_is_not_there(void **state)
{
	static const char *const argv[] = { "/nowhere", NULL };
	struct heard h;

	(void)state;
	begin(&h, put_much, argv);
	loop_run(h.loop);
	assert_int_equal(h.end.err, ERR_NOT_FOUND);
	end(&h);
}

/* What is closed here is closed, though a copy is at work still: a peer sees
 * the end. */
static void
test_it_holds_nothing_open(void **state)
{
	struct heard h;
	int fds[2];
	char byte;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	begin(&h, put_much, NULL);
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	close(fds[0]);
	loop_run(h.loop);
	end(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_itself),
		cmocka_unit_test(test_before_a_program),
		cmocka_unit_test(test_one_that_fails),
		cmocka_unit_test(test_a_program_that_is_not_there),
		cmocka_unit_test(test_it_holds_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
