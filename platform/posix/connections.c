/*
 * The network sockets of a process, as Linux tells its own user: those among
 * its descriptors, which we copy for a moment and ask.
 *
 * Where copying is forbidden (before Linux 5.6; in some containers) they are
 * looked up in the table of its network namespace. That works as well, but
 * the kernel walks all of its hash table for it: milliseconds where there is
 * much memory, however few the connections.
 */
#include "platform/posix/posix.h"

#ifdef __linux__
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* So many sockets of one process are looked at; an ffmpeg has one to three. */
#define SOCKETS_MAX 64
/* The state of an established connection, in all that the kernel says. */
#define ESTABLISHED 1

struct sockets {
	int fds[SOCKETS_MAX];
	uint64_t inodes[SOCKETS_MAX];
	size_t count;
};

static void
list_sockets(int64_t pid, struct sockets *s)
{
	char path[64], target[64];
	struct dirent *entry;
	ssize_t n;
	DIR *dir;

	s->count = 0;
	snprintf(path, sizeof(path), "/proc/%" PRId64 "/fd", pid);
	dir = opendir(path);
	while (dir && s->count < SOCKETS_MAX && (entry = readdir(dir))) {
		n = readlinkat(
		    dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		if (sscanf(target, "socket:[%" SCNu64 "]",
			&s->inodes[s->count]) == 1)
			s->fds[s->count++] = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
}

/* ---- asked ------------------------------------------------------------- */

/* A socket that repeats what it sent, or that has nothing under way though
 * there is more: its peer has closed the window. Not TCP: false. What is
 * acknowledged between the two questions counts twice, rather than not at all:
 * the sum is never less than what was written. */
static bool
connections_ask(int fd, struct connection *c)
{
	struct tcp_info info = { .tcpi_state = 0 };
	socklen_t size = sizeof(info);
	int queued;

	if (ioctl(fd, SIOCOUTQ, &queued) < 0 ||
	    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
		return false;
	c->unacknowledged = (uint64_t)queued;
	c->acknowledged = info.tcpi_bytes_acked;
	c->stuck =
	    queued > 0 && (info.tcpi_retransmits > 0 || info.tcpi_unacked == 0);
	return info.tcpi_state == ESTABLISHED;
}

/* Calls `fn` with a copy of each; false where the system does not let us. */
static bool
copy_all(int64_t pid, const struct sockets *s, void (*fn)(void *arg, int fd),
    void *arg)
{
	int process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0), copy;
	bool allowed = process >= 0;
	size_t i;

	for (i = 0; i < s->count && allowed; i++) {
		copy = (int)syscall(SYS_pidfd_getfd, process, s->fds[i], 0);
		if (copy < 0) {
			allowed = errno == EBADF; /* just closed */
			continue;
		}
		fn(arg, copy);
		close(copy);
	}
	if (process >= 0)
		close(process);
	return allowed;
}

/* The receiver of connections. */
struct listener_of_connections {
	void (*fn)(void *arg, const struct connection *c);
	void *arg;
};

static void
tell_connection(void *arg, int fd)
{
	const struct listener_of_connections *to = arg;
	struct connection c;

	if (connections_ask(fd, &c))
		to->fn(to->arg, &c);
}

static void
count_network(void *arg, int fd)
{
	int domain, *count = arg;
	socklen_t size = sizeof(domain);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
	    (domain == AF_INET || domain == AF_INET6))
		++*count;
}

/* Linux doubles what was asked for (socket(7)). */
static bool
connections_bears(int fd, int receive_bytes)
{
	struct connection c;
	int bytes;
	socklen_t size = sizeof(bytes);

	return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &size) == 0 &&
	       bytes == 2 * receive_bytes && connections_ask(fd, &c);
}

struct cut {
	int receive_bytes;
	unsigned found;
	bool done;
};

static void
count_marked(void *arg, int fd)
{
	struct cut *cut = arg;

	if (connections_bears(fd, cut->receive_bytes))
		cut->found++;
}

static void
cut_marked(void *arg, int fd)
{
	struct cut *cut = arg;

	if (connections_bears(fd, cut->receive_bytes))
		cut->done = shutdown(fd, SHUT_RDWR) == 0;
}

/* ---- looked up --------------------------------------------------------- */

static bool
holds(const struct sockets *s, uint64_t inode)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->inodes[i] == inode)
			return true;
	return false;
}

/* A line of proc_pid_net(5), tcp; the timer is 1 for a repetition, 4 for a
 * peer whose window is closed (net/ipv4/tcp_ipv4.c of Linux). */
static bool
parse(const char *line, struct connection *c, uint64_t *inode)
{
	unsigned state, timer, repeats;

	c->acknowledged = 0;
	if (sscanf(line,
		" %*u: %*[0-9A-Fa-f]:%*x %*[0-9A-Fa-f]:%*x %x %" SCNx64
		":%*x %x:%*x %x %*u %*u %" SCNu64,
		&state, &c->unacknowledged, &timer, &repeats, inode) != 5)
		return false;
	c->stuck = c->unacknowledged > 0 &&
		   ((timer == 1 && repeats > 0) || timer == 4);
	return state == ESTABLISHED;
}

static void
look_up(int64_t pid, const char *table, const struct sockets *s,
    void (*fn)(void *arg, const struct connection *c), void *arg)
{
	struct connection c;
	char path[64], line[256];
	uint64_t inode;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%" PRId64 "/net/%s", pid, table);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (parse(line, &c, &inode) && holds(s, inode))
			fn(arg, &c);
	if (file)
		fclose(file);
}

void
process_connections(const struct process *p,
    void (*fn)(void *arg, const struct connection *c), void *arg)
{
	struct listener_of_connections to = { fn, arg };
	int64_t pid = process_pid(p);
	struct sockets s;

	list_sockets(pid, &s);
	if (s.count > 0 && !copy_all(pid, &s, tell_connection, &to)) {
		look_up(pid, "tcp", &s, fn, arg);
		look_up(pid, "tcp6", &s, fn, arg);
	}
}

int
process_sockets(const struct process *p)
{
	int64_t pid = process_pid(p);
	struct sockets s;
	int count = 0;

	list_sockets(pid, &s);
	if (s.count == 0 || !copy_all(pid, &s, count_network, &count))
		return -1;
	return count;
}

bool
process_cut(const struct process *p, int receive_bytes)
{
	struct cut cut = { .receive_bytes = receive_bytes };
	int64_t pid = process_pid(p);
	struct sockets s;

	list_sockets(pid, &s);
	copy_all(pid, &s, count_marked, &cut);
	if (cut.found == 1)
		copy_all(pid, &s, cut_marked, &cut);
	return cut.done;
}

#else

bool
process_cut(const struct process *p, int receive_bytes)
{
	(void)p;
	(void)receive_bytes;
	return false;
}

void
process_connections(const struct process *p,
    void (*fn)(void *arg, const struct connection *c), void *arg)
{
	(void)p;
	(void)fn;
	(void)arg;
}

int
process_sockets(const struct process *p)
{
	(void)p;
	return -1;
}

#endif
