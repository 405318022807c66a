/*
 * Guards the sockets that a service manager passes: each is taken once, by its
 * path, and by nobody whom they were not meant for.
 */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "platform/posix/systemd/activation.h"

static char folder[] = "/tmp/activation-XXXXXX";

/* Has a socket of that name as the descriptor `number`, as systemd would. */
static void
pass(const char *name, int number)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", folder, name);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1), 0);
	unlink(at.sun_path);
	if (fd != number) {
		assert_int_equal(dup2(fd, number), number);
		close(fd);
	}
}

static const char *
path_of(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
test_each_once(void **state)
{
	char pid[16];

	(void)state;
	assert_non_null(mkdtemp(folder));
	pass("control.sock", 3);
	pass("another.sock", 4);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "2", 1);
	assert_int_equal(activation_take(path_of("none.sock")), -1);
	assert_int_equal(activation_take(path_of("control.sock")), 3);
	assert_int_equal(activation_take(path_of("control.sock")), -1);
	assert_true(fcntl(3, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(3, F_GETFL) & O_NONBLOCK);
	/* A successor, which is the same process, must not see them. */
	assert_null(getenv("LISTEN_PID"));
	activation_settle();
	assert_int_equal(fcntl(4, F_GETFD), -1);
	assert_int_not_equal(fcntl(3, F_GETFD), -1);
	rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_once),
	};

	return cmocka_run_group_tests_name("activation", tests, NULL, NULL);
}
