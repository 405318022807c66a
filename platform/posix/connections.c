/*
 * The TCP connections of a process, as Linux tells in /proc: the sockets
 * among its descriptors, looked up in the table of its network namespace.
 * Readable by its own user without any privilege.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/posix/posix.h"

/* Of one process; those of an ffmpeg are one to three. */
#define SOCKETS_MAX 64

struct sockets {
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
			s->count++;
	}
	if (dir)
		closedir(dir);
}

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

	if (sscanf(line,
		" %*u: %*[0-9A-Fa-f]:%*x %*[0-9A-Fa-f]:%*x %x %" SCNx64
		":%*x %x:%*x %x %*u %*u %" SCNu64,
		&state, &c->unacknowledged, &timer, &repeats, inode) != 5)
		return false;
	c->stuck = c->unacknowledged > 0 &&
		   ((timer == 1 && repeats > 0) || timer == 4);
	return state == 1; /* established */
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
	int64_t pid = process_pid(p);
	struct sockets s;

	list_sockets(pid, &s);
	if (s.count > 0) {
		look_up(pid, "tcp", &s, fn, arg);
		look_up(pid, "tcp6", &s, fn, arg);
	}
}
