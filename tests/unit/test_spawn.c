/*
 * Guards what a child of the daemons and one of an engine have in common. The
 * two had a spawner each: one let a shell run what was no program, and the
 * same errno was "out of memory" to one and "try again later" to the other.
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/error.h"
#include "platform/posix/spawn.h"

/* The errno that comes back, 0 where the program ran; its exit status. */
static int
run(const char *path, int error, int *status)
{
	static const char *const argv[] = { "it", "-c", "exit 7", NULL };
	int report[2], number = 0;
	struct spawn s = { .path = path,
		.error = error,
		.argv = argv,
		.env = environ,
		.standard = { 0, 1, 2 },
		.parent = getpid(),
		.life = -1 };
	pid_t pid;

	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	s.report = report[1];
	pid = fork();
	if (pid == 0) {
		spawn_be_child(&s);
		spawn_become(&s);
	}
	close(report[1]);
	if (read(report[0], &number, sizeof(number)) < 0)
		number = -1;
	close(report[0]);
	assert_int_equal(waitpid(pid, status, 0), pid);
	return number;
}

static void
test_runs(void **state)
{
	int status;

	(void)state;
	assert_int_equal(run("/bin/sh", 0, &status), 0);
	assert_int_equal(WEXITSTATUS(status), 7);
}

/* execvp() would have asked a shell. */
static void
test_text_is_no_program(void **state)
{
	char path[] = "/tmp/test_spawn.XXXXXX";
	int fd = mkstemp(path), status;

	(void)state;
	assert_int_equal(write(fd, "exit 7\n", 7), 7);
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd);
	assert_int_equal(run(path, 0, &status), ENOEXEC);
	assert_int_equal(WEXITSTATUS(status), 127);
	unlink(path);
}

static void
test_why_it_does_not_run(void **state)
{
	int status;

	(void)state;
	assert_int_equal(run("/nothing", 0, &status), ENOENT);
	/* The search of the program may find an error before the fork. */
	assert_int_equal(run("/bin/sh", EACCES, &status), EACCES);
	assert_int_equal(posix_err(ENOEXEC), ERR_NOT_PROGRAM);
	assert_int_equal(posix_err(ELIBBAD), ERR_NOT_PROGRAM);
	assert_int_equal(posix_err(EACCES), ERR_DENIED);
	assert_int_equal(posix_err(ENOENT), ERR_NOT_FOUND);
	assert_int_equal(posix_err(EAGAIN), ERR_AGAIN);
}

/* Has a child, says so on `out` by what that says, and lives. */
static _Noreturn void
be_parent(int out)
{
	static const char *const argv[] = { "sh", "-c", "echo; exec sleep 1000",
		NULL };
	int life[2];
	struct spawn s = { .path = "/bin/sh",
		.argv = argv,
		.env = environ,
		.standard = { 0, out, 2 },
		.parent = getpid() };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, life) < 0)
		_exit(1);
	s.report = s.life = life[1];
	if (fork() == 0) {
		spawn_be_child(&s);
		spawn_become(&s);
	}
	close(life[1]);
	for (;;)
		pause();
}

/* The end of file on `out` comes when nobody has it, a guard neither. */
static void
test_dies_with_its_parent(void **state)
{
	int out[2];
	char byte;
	pid_t parent;

	(void)state;
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	parent = fork();
	if (parent == 0)
		be_parent(out[1]);
	close(out[1]);
	alarm(60);
	assert_int_equal(read(out[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	assert_int_equal(read(out[0], &byte, 1), 0);
	alarm(0);
	close(out[0]);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_text_is_no_program),
		cmocka_unit_test(test_why_it_does_not_run),
		cmocka_unit_test(test_dies_with_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
