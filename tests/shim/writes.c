/*
 * What a program does to its files, noted as a disk sees it, so that a test can
 * lay out a folder as a power cut would have left it (tests/e2e/power.py).
 *
 *   LD_PRELOAD=writes.so WRITES_OF=ledger WRITES_BELOW=FOLDER WRITES_TO=FILE
 *
 * Each change to what is in that folder, by a program of that name, is appended
 * to the file before it is made: a struct note, the path, a second one where a
 * name is made of another, and what is written. Memory that is mapped is not
 * seen: SQLite maps its index of the log at most, which needs no disk.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct note {
	char what; /* w write, t truncate, s sync, c create, d make a folder,
		      u unlink, l link, r rename */
	uint64_t time_ns, at, path_bytes, other_bytes, data_bytes;
} __attribute__((packed));

static const char *below, *to;

__attribute__((constructor)) static void
shim_begin(void)
{
	const char *of = getenv("WRITES_OF");

	if (of && strcmp(of, program_invocation_short_name) == 0) {
		below = getenv("WRITES_BELOW");
		to = getenv("WRITES_TO");
	}
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static bool
is_below(const char *path)
{
	return below && to && strncmp(path, below, strlen(below)) == 0;
}

/* By the kernel itself: the functions of this name are watched. */
static void
note_put(struct note note, const char *path, const char *other,
    const void *data, size_t len)
{
	struct timespec now;
	struct iovec parts[4];
	int fd = (int)syscall(SYS_openat, AT_FDCWD, to,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	clock_gettime(CLOCK_MONOTONIC, &now);
	note.time_ns =
	    (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	note.path_bytes = strlen(path);
	note.other_bytes = strlen(other);
	note.data_bytes = len;
	parts[0] = (struct iovec){ &note, sizeof(note) };
	parts[1] = (struct iovec){ (void *)path, note.path_bytes };
	parts[2] = (struct iovec){ (void *)other, note.other_bytes };
	parts[3] = (struct iovec){ (void *)data, len };
	if (fd < 0 || syscall(SYS_writev, fd, parts, 4) < 0)
		abort();
	syscall(SYS_close, fd);
}

static void
note_path(char what, const char *path, const char *other)
{
	if (is_below(path))
		note_put((struct note){ .what = what }, path, other, NULL, 0);
}

static void
note_file(char what, int fd, uint64_t at, const void *data, size_t len)
{
	char link[40], path[PATH_MAX];
	ssize_t n;

	if (to == NULL)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return;
	path[n] = '\0';
	if (is_below(path))
		note_put((struct note){ .what = what, .at = at }, path, "",
		    data, len);
}

/* ---- what is watched ---------------------------------------------------- */

static void
note_open(const char *path, int flags)
{
	struct stat st;

	if ((flags & O_CREAT) && is_below(path) && lstat(path, &st) < 0)
		note_path('c', path, "");
	else if (flags & O_TRUNC)
		note_path('t', path, "");
}

static int
mode_of(int flags, va_list args)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(args, int) : 0;
}

int
open(const char *path, int flags, ...)
{
	va_list args;
	int mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	note_open(path, flags);
	return NEXT(open)(path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	va_list args;
	int mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	note_open(path, flags);
	return NEXT(open64)(path, flags, mode);
}

ssize_t
write(int fd, const void *data, size_t len)
{
	if (to)
		note_file('w', fd, (uint64_t)lseek(fd, 0, SEEK_CUR), data, len);
	return NEXT(write)(fd, data, len);
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	note_file('w', fd, (uint64_t)at, data, len);
	return NEXT(pwrite)(fd, data, len, at);
}

ssize_t
pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	note_file('w', fd, (uint64_t)at, data, len);
	return NEXT(pwrite64)(fd, data, len, at);
}

int
ftruncate(int fd, off_t size)
{
	note_file('t', fd, (uint64_t)size, NULL, 0);
	return NEXT(ftruncate)(fd, size);
}

int
ftruncate64(int fd, off64_t size)
{
	note_file('t', fd, (uint64_t)size, NULL, 0);
	return NEXT(ftruncate64)(fd, size);
}

/* A cut while it is under way is one before it, so it counts from its end. */
int
fsync(int fd)
{
	int rc = NEXT(fsync)(fd);

	if (rc == 0)
		note_file('s', fd, 0, NULL, 0);
	return rc;
}

int
fdatasync(int fd)
{
	int rc = NEXT(fdatasync)(fd);

	if (rc == 0)
		note_file('s', fd, 0, NULL, 0);
	return rc;
}

int
unlink(const char *path)
{
	note_path('u', path, "");
	return NEXT(unlink)(path);
}

int
link(const char *from, const char *path)
{
	note_path('l', path, from);
	return NEXT(link)(from, path);
}

int
rename(const char *from, const char *path)
{
	note_path('r', path, from);
	return NEXT(rename)(from, path);
}

int
mkdir(const char *path, mode_t mode)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		note_path('d', path, "");
	return NEXT(mkdir)(path, mode);
}
