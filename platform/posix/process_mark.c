/*
 * Linux tells in /proc when a process was started. Where there is nothing like
 * that, or this process may not see it, no process has a mark.
 */
#include "platform/process_mark.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/files.h"

/* Reads the beginning of a file as text; "": it cannot be read. */
static void
read_text(const char *path, char *out, size_t size)
{
	size_t len = 0;

	if (file_head(path, (uint8_t *)out, size - 1, &len) < 0)
		len = 0;
	out[len] = '\0';
}

/* Are the ids there ours? In a namespace of processes whose /proc was not
 * mounted anew they are those of the one around it. */
static bool
proc_is_ours(void)
{
	char name[24];
	ssize_t n = readlink("/proc/self", name, sizeof(name) - 1);

	if (n < 0)
		return false;
	name[n] = '\0';
	return strtoll(name, NULL, 10) == getpid();
}

/* Finds the third word of the line, its state, and the 22nd, when it was
 * started, in ticks since the machine was. The second is a name that may hold
 * anything. */
static bool
parse_stat(const char *line, char *state, uint64_t *started)
{
	const char *name_end = strrchr(line, ')');

	return name_end &&
	       sscanf(name_end + 1,
		   " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		   "%*s %*s %*s %*s %*s %" SCNu64,
		   state, started) == 2;
}

int
process_mark(int64_t pid, char *out, size_t size)
{
	char path[48], line[1024], boot[37], state;
	uint64_t started;
	int n;

	if (pid <= 0 || pid > INT32_MAX ||
	    (kill((pid_t)pid, 0) < 0 && errno == ESRCH))
		return ERR_NOT_FOUND;
	if (!proc_is_ours())
		return ERR_UNSUPPORTED;
	snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
	read_text(path, line, sizeof(line));
	if (!parse_stat(line, &state, &started))
		return ERR_UNSUPPORTED;
	/* It has ended, and its parent has not asked how. */
	if (state == 'Z' || state == 'X')
		return ERR_NOT_FOUND;
	/* Which start of the machine. */
	read_text("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	n = snprintf(
	    out, size, "%" PRId64 " %" PRIu64 " %s", pid, started, boot);
	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}
