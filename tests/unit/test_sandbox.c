/* What a sandbox forbids is tried, by processes that are in one. Where the
 * kernel lacks a wall, what that one forbids is not tried, and the log says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/posix/sandbox.h"
#include "tests/unit/test.h"

#define PAGE 4096

/* Its folder is the one that may be read; the other one is beside it. */
static char open_folder[] = "/tmp/ttsd-sandbox-XXXXXX";
static char shut_folder[] = "/tmp/ttsd-sandbox-XXXXXX";
static char open_file[64], shut_file[64], link_file[64], other_file[64];

/* ---- what is tried: each returns 0, or an errno ---------------------------
 */

static int
tell(long rc)
{
	return rc < 0 ? errno : 0;
}

static int
tell_fd(int fd)
{
	int number = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return number;
}

static int
tell_child(pid_t pid)
{
	int number = errno;

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid < 0 ? number : 0;
}

static int
use_internet(void)
{
	return tell_fd(socket(AF_INET, SOCK_STREAM, 0));
}

static int
use_internet_6(void)
{
	return tell_fd(socket(AF_INET6, SOCK_DGRAM, 0));
}

static int
use_local_socket(void)
{
	return tell_fd(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int
use_netlink(void)
{
	return tell_fd(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int
use_io_uring(void)
{
	return tell(syscall(SYS_io_uring_setup, 1, NULL));
}

static int
run_program(void)
{
	char *argv[] = { (char *)"true", NULL };

	return tell(execv("/bin/true", argv));
}

static int
run_shell(void)
{
	int status = system(":");

	return status == 0 ? 0 : status == -1 ? errno : EPERM;
}

static int
copy_itself(void)
{
	return tell_child(fork());
}

static int
trace_parent(void)
{
	return tell(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int
signal_parent(void)
{
	return tell(kill(getppid(), 0));
}

static int
map_writable_code(void)
{
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : 0;
}

static int
make_code_of_data(void)
{
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED
		   ? 0
		   : tell(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
}

static int
make_file_of_memory(void)
{
	return tell_fd(memfd_create("code", 0));
}

static int
write_file(void)
{
	return tell_fd(open(open_file, O_WRONLY));
}

static int
change_file(void)
{
	return tell_fd(open(open_file, O_RDWR));
}

static int
make_file(void)
{
	return tell_fd(open(other_file, O_RDONLY | O_CREAT, 0600));
}

static int
shorten_file(void)
{
	return tell(truncate(open_file, 0));
}

static int
remove_file(void)
{
	return tell(unlink(open_file));
}

static int
rename_file(void)
{
	return tell(rename(open_file, other_file));
}

static int
change_mode(void)
{
	return tell(chmod(open_file, 0777));
}

static int
mount_over(void)
{
	return tell(mount("none", open_folder, "tmpfs", 0, NULL));
}

static int
leave_namespace(void)
{
	return tell(unshare(CLONE_NEWUSER));
}

static int
ask_for_keys(void)
{
	return tell(syscall(SYS_keyctl, 0, -1, 0, 0, 0));
}

static int
load_bpf(void)
{
	return tell(syscall(SYS_bpf, 0, NULL, 0));
}

static int
read_shut_file(void)
{
	return tell_fd(open(shut_file, O_RDONLY));
}

static int
list_shut_folder(void)
{
	return tell_fd(open(shut_folder, O_RDONLY | O_DIRECTORY));
}

static int
read_passwords(void)
{
	return tell_fd(open("/etc/passwd", O_RDONLY));
}

static int
read_open_file(void)
{
	return tell_fd(open(open_file, O_RDONLY));
}

static int
list_open_folder(void)
{
	return tell_fd(open(open_folder, O_RDONLY | O_DIRECTORY));
}

/* It leads out of the folder, and is named. */
static int
read_link(void)
{
	return tell_fd(open(link_file, O_RDONLY));
}

static int
read_system(void)
{
	return tell_fd(open("/usr", O_RDONLY | O_DIRECTORY));
}

static void *
do_nothing(void *unused)
{
	return unused;
}

static int
begin_thread(void)
{
	pthread_t thread;
	int rc = pthread_create(&thread, NULL, do_nothing, NULL);

	return rc ? rc : pthread_join(thread, NULL);
}

static int
map_data(void)
{
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : tell(munmap(at, PAGE));
}

static int
gain_privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? EPERM : 0;
}

/* ---- the table -------------------------------------------------------------
 */

/* By which wall it is refused: 0, by none. */
#define NAMED(call) #call, call

/* The sanitizer needs copies that trace, and files of its own, at its end: no
 * such walls stand. */
#ifdef __SANITIZE_ADDRESS__
#define COPYING 8
#define READING 8
#else
#define COPYING SANDBOX_CALLS
#define READING SANDBOX_FILES
#endif

static const struct attempt {
	const char *name;
	int (*call)(void);
	unsigned wall;
	int error;
} attempts[] = {
	{ NAMED(gain_privileges), SANDBOX_PRIVILEGES, EPERM },
	{ NAMED(use_internet), SANDBOX_CALLS, EPERM },
	{ NAMED(use_internet_6), SANDBOX_CALLS, EPERM },
	{ NAMED(use_local_socket), SANDBOX_CALLS, EPERM },
	{ NAMED(use_netlink), SANDBOX_CALLS, EPERM },
	{ NAMED(use_io_uring), SANDBOX_CALLS, EPERM },
	{ NAMED(run_program), SANDBOX_CALLS, EPERM },
	{ NAMED(signal_parent), SANDBOX_CALLS, EPERM },
	{ NAMED(map_writable_code), SANDBOX_CALLS, EPERM },
	{ NAMED(make_code_of_data), SANDBOX_CALLS, EPERM },
	{ NAMED(make_file_of_memory), SANDBOX_CALLS, EPERM },
	{ NAMED(write_file), SANDBOX_CALLS, EPERM },
	{ NAMED(change_file), SANDBOX_CALLS, EPERM },
	{ NAMED(make_file), SANDBOX_CALLS, EPERM },
	{ NAMED(shorten_file), SANDBOX_CALLS, EPERM },
	{ NAMED(remove_file), SANDBOX_CALLS, EPERM },
	{ NAMED(rename_file), SANDBOX_CALLS, EPERM },
	{ NAMED(change_mode), SANDBOX_CALLS, EPERM },
	{ NAMED(mount_over), SANDBOX_CALLS, EPERM },
	{ NAMED(leave_namespace), SANDBOX_CALLS, EPERM },
	{ NAMED(ask_for_keys), SANDBOX_CALLS, EPERM },
	{ NAMED(load_bpf), SANDBOX_CALLS, EPERM },
	{ NAMED(copy_itself), COPYING, EPERM },
	{ NAMED(run_shell), COPYING, EPERM },
	{ NAMED(trace_parent), COPYING, EPERM },
	{ NAMED(read_shut_file), READING, EACCES },
	{ NAMED(list_shut_folder), READING, EACCES },
	{ NAMED(read_passwords), READING, EACCES },
	{ NAMED(read_open_file), 0, 0 },
	{ NAMED(list_open_folder), 0, 0 },
	{ NAMED(read_link), 0, 0 },
	{ NAMED(read_system), 0, 0 },
	{ NAMED(begin_thread), 0, 0 },
	{ NAMED(map_data), 0, 0 },
};

#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

/* Every attempt in a sandbox of its own; returns what it said, and the walls
 * that stood. */
static int
try_within(int (*call)(void), unsigned wall, bool may_copy, unsigned *walls)
{
	const char *readable[] = { "/nowhere", open_folder, link_file, NULL };
	int said[2] = { -1, 0 }, pipes[2];
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		said[1] = (int)sandbox_enter(&(struct sandbox){
		    .readable = readable, .may_copy = may_copy });
		if ((said[1] & (int)wall) == (int)wall)
			said[0] = call();
		_exit(write(pipes[1], said, sizeof(said)) != sizeof(said));
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], said, sizeof(said)), sizeof(said));
	close(pipes[0]);
	waitpid(pid, NULL, 0);
	*walls = (unsigned)said[1];
	return said[0];
}

static void
test_what_is_forbidden_fails_and_the_rest_works(void **state)
{
	const struct attempt *a;
	unsigned walls;
	int said, expected;

	(void)state;
	for (a = attempts; a < attempts + ATTEMPTS; a++) {
		said = try_within(a->call, a->wall, false, &walls);
		if (a->wall && !(walls & a->wall)) {
			print_message(
			    "%s: not tried, no such wall here\n", a->name);
			continue;
		}
		expected = a->wall ? a->error : 0;
		if (said != expected)
			fail_msg("%s: %s", a->name, strerror(said));
	}
}

static void
test_who_may_copy_itself_can(void **state)
{
	unsigned walls;

	(void)state;
	assert_int_equal(try_within(copy_itself, 0, true, &walls), 0);
}

/* Else every row above would pass for reasons of its own. */
static void
test_without_a_sandbox_files_are_open(void **state)
{
	(void)state;
	assert_int_equal(read_shut_file(), 0);
	assert_int_equal(read_passwords(), 0);
	assert_int_equal(change_file(), 0);
	assert_int_equal(map_writable_code(), 0);
	assert_int_equal(use_local_socket(), 0);
}

static int
lay_files(void **state)
{
	(void)state;
	if (mkdtemp(open_folder) == NULL || mkdtemp(shut_folder) == NULL)
		return -1;
	snprintf(open_file, sizeof(open_file), "%s/file", open_folder);
	snprintf(other_file, sizeof(other_file), "%s/other", open_folder);
	snprintf(link_file, sizeof(link_file), "%s/link", open_folder);
	snprintf(shut_file, sizeof(shut_file), "%s/file", shut_folder);
	if (tell_fd(open(open_file, O_WRONLY | O_CREAT, 0600)) ||
	    tell_fd(open(shut_file, O_WRONLY | O_CREAT, 0600)))
		return -1;
	/* Out of the folder, to what is no other file of this test. */
	return symlink("/etc/group", link_file);
}

static int
remove_files(void **state)
{
	(void)state;
	unlink(open_file);
	unlink(link_file);
	unlink(shut_file);
	rmdir(open_folder);
	rmdir(shut_folder);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_what_is_forbidden_fails_and_the_rest_works),
		cmocka_unit_test(test_who_may_copy_itself_can),
		cmocka_unit_test(test_without_a_sandbox_files_are_open),
	};

	return cmocka_run_group_tests(tests, lay_files, remove_files);
}
