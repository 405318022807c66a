/*
 * What is told of files, disks, processes and servers of this machine, held
 * against what the test has made itself.
 */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/inspect.h"
#include "platform/reach.h"

static void
test_file(void **state)
{
	char path[] = "/tmp/ttsd-inspect-XXXXXX";
	struct inspected_file f;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(inspect_file(path, &f), 0);
	assert_int_equal(f.mode, 0600);
	assert_true(f.is_ours && f.uid == (int64_t)geteuid());
	assert_false(f.all_read || f.all_write || f.group_read);
	assert_true(f.user[0]);
	assert_int_equal(fchmod(fd, 0646), 0);
	assert_int_equal(inspect_file(path, &f), 0);
	assert_true(f.all_read && f.all_write && f.group_read);
	assert_false(f.group_write);
	close(fd);
	unlink(path);
	assert_int_equal(inspect_file(path, &f), ERR_NOT_FOUND);
}

static void
test_disk(void **state)
{
	struct inspected_disk here, to_come, relative;

	(void)state;
	assert_int_equal(inspect_disk("/tmp", &here), 0);
	assert_true(here.bytes > 0 && here.free_bytes <= here.bytes);
	assert_int_equal(inspect_disk("/tmp/is/not/there/yet", &to_come), 0);
	assert_int_equal(to_come.bytes, here.bytes);
	assert_int_equal(inspect_disk("not/there", &relative), 0);
	assert_true(relative.bytes > 0);
}

static void
test_process(void **state)
{
	struct inspected_process p;

	(void)state;
	assert_int_equal(inspect_process(getpid(), &p), 0);
	assert_true(p.files_max > 0 && p.files >= 3);
	assert_int_equal(p.slice_ns, 0);
	assert_non_null(strstr(p.program, "test_inspect"));
	assert_false(p.replaced);
	assert_int_equal(inspect_process(-1, &p), ERR_NOT_FOUND);
}

static uint16_t
listen_somewhere(int *fd)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	*fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(bind(*fd, (struct sockaddr *)&a, len) == 0);
	assert_true(getsockname(*fd, (struct sockaddr *)&a, &len) == 0);
	return ntohs(a.sin_port);
}

static void
test_reach(void **state)
{
	struct reached r;
	uint16_t port;
	int fd;

	(void)state;
	port = listen_somewhere(&fd);
	reach("127.0.0.1", port, REACH_TCP, NS_PER_S, &r);
	assert_int_equal(r.step, REACH_PORT);
	assert_int_equal(r.err, ERR_REFUSED);
	assert_string_equal(r.address, "127.0.0.1");
	assert_true(r.why[0]);
	assert_int_equal(listen(fd, 1), 0);
	reach("127.0.0.1", port, REACH_TCP, NS_PER_S, &r);
	assert_int_equal(r.step, REACH_DONE);
	assert_int_equal(r.err, 0);
	close(fd);
	reach("127.0.0.1", port, REACH_UDP, NS_PER_S, &r);
	assert_int_equal(r.step, REACH_DONE);
	reach("not a name", 1, REACH_TCP, NS_PER_S, &r);
	assert_int_equal(r.step, REACH_NAME);
	assert_true(r.why[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_disk),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
