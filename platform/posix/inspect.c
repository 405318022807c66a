#include "platform/inspect.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#endif

#include "common/err.h"
#include "platform/posix/posix.h"

/* ---- files and disks ----------------------------------------------------- */

void
inspect_user(int64_t uid, char *out, size_t size)
{
	const struct passwd *user = getpwuid((uid_t)uid);

	if (user)
		snprintf(out, size, "%s", user->pw_name);
	else
		snprintf(out, size, "user %lld", (long long)uid);
}

int64_t
inspect_own_uid(void)
{
	return (int64_t)geteuid();
}

int
inspect_file(const char *path, struct inspected_file *out)
{
	struct stat st;

	*out = (struct inspected_file){ .uid = -1 };
	if (stat(path, &st) < 0)
		return posix_err(errno);
	out->uid = (int64_t)st.st_uid;
	out->mode = (unsigned)st.st_mode & 07777;
	out->all_read = (st.st_mode & S_IROTH) != 0;
	out->all_write = (st.st_mode & S_IWOTH) != 0;
	out->group_read = (st.st_mode & S_IRGRP) != 0;
	out->group_write = (st.st_mode & S_IWGRP) != 0;
	out->is_ours = st.st_uid == geteuid();
	inspect_user(out->uid, out->user, sizeof(out->user));
	return 0;
}

int
inspect_disk(const char *path, struct inspected_disk *out)
{
	char at[PLATFORM_PATH_MAX], *up;
	struct statvfs fs;

	*out = (struct inspected_disk){ 0 };
	if (strlen(path) >= sizeof(at))
		return ERR_TOO_LONG;
	snprintf(at, sizeof(at), "%s", path);
	while (statvfs(at, &fs) < 0) {
		if (errno != ENOENT)
			return posix_err(errno);
		up = dirname(at);
		if (up[0] != '/' || strcmp(up, "/") == 0)
			up = strcpy(at, up[0] == '/' ? "/" : ".");
		else
			memmove(at, up, strlen(up) + 1);
	}
	out->free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	out->bytes = (uint64_t)fs.f_blocks * fs.f_frsize;
	return 0;
}

/* ---- the clock, and processes -------------------------------------------- */

#ifdef __linux__
int
inspect_clock(bool *synchronised)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	*synchronised =
	    state >= 0 && state != TIME_ERROR && (t.status & STA_UNSYNC) == 0;
	return state < 0 ? posix_err(errno) : 0;
}

static int64_t
read_limit(int64_t pid)
{
	char path[64], line[256];
	long long limit = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%lld/limits", (long long)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Max open files %lld", &limit) == 1)
			break;
	if (f)
		fclose(f);
	return limit;
}

static int64_t
count_files(int64_t pid)
{
	const struct dirent *entry;
	char path[64];
	int64_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%lld/fd", (long long)pid);
	dir = opendir(path);
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* What everybody has is what this program has, for it asks for none. */
static int64_t
read_slice(int64_t pid)
{
	struct sched_attr attr, ours;

	memset(&attr, 0, sizeof(attr));
	memset(&ours, 0, sizeof(ours));
	if (syscall(SYS_sched_getattr, (pid_t)pid, &attr, sizeof(attr), 0) <
		0 ||
	    syscall(SYS_sched_getattr, 0, &ours, sizeof(ours), 0) < 0)
		return -1;
	return attr.sched_runtime != ours.sched_runtime
		   ? (int64_t)attr.sched_runtime
		   : 0;
}

/* The system puts this behind the name of a program whose file is gone. */
#define GONE " (deleted)"

static void
read_program(int64_t pid, struct inspected_process *out)
{
	size_t tail = strlen(GONE), len;
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%lld/exe", (long long)pid);
	n = readlink(path, out->program, sizeof(out->program) - 1);
	out->program[n < 0 ? 0 : n] = '\0';
	len = strlen(out->program);
	if (len > tail && strcmp(out->program + len - tail, GONE) == 0) {
		out->program[len - tail] = '\0';
		out->replaced = true;
	}
}

int
inspect_process(int64_t pid, struct inspected_process *out)
{
	char path[64];

	*out = (struct inspected_process){ .files_max = -1 };
	snprintf(path, sizeof(path), "/proc/%lld", (long long)pid);
	if (pid <= 0 || access(path, F_OK) < 0)
		return ERR_NOT_FOUND;
	out->files_max = read_limit(pid);
	out->files = count_files(pid);
	out->slice_ns = read_slice(pid);
	read_program(pid, out);
	return 0;
}

bool
inspect_slices(void)
{
	struct utsname name;
	unsigned major, minor;

	if (uname(&name) < 0 ||
	    sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return false;
	return major > 6 || (major == 6 && minor >= 12);
}
#else
int
inspect_clock(bool *synchronised)
{
	*synchronised = false;
	return ERR_UNSUPPORTED;
}

int
inspect_process(int64_t pid, struct inspected_process *out)
{
	(void)pid;
	*out = (struct inspected_process){ .files_max = -1 };
	return ERR_UNSUPPORTED;
}

bool
inspect_slices(void)
{
	return false;
}
#endif
