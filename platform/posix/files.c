#include "platform/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

int
file_look(const char *path, struct file_facts *out)
{
	struct stat st;

	*out = (struct file_facts){ .bytes = 0 };
	if (stat(path, &st) < 0)
		return posix_err(errno);
	out->is_folder = S_ISDIR(st.st_mode);
	out->bytes = st.st_size;
	out->written =
	    (int64_t)st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	return 0;
}

/* link() does not replace what is there, as rename() would; but not all file
 * systems have it. */
int
file_move(const char *from, const char *to)
{
	struct stat st;

	if (link(from, to) == 0)
		return unlink(from) < 0 ? posix_err(errno) : 0;
	if (errno == EEXIST || lstat(to, &st) == 0)
		return ERR_IN_USE;
	return rename(from, to) < 0 ? posix_err(errno) : 0;
}

int
file_remove(const char *path)
{
	return unlink(path) < 0 ? posix_err(errno) : 0;
}

int
posix_write(int fd, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, at, len);
		if (n < 0 && errno != EINTR)
			return posix_err(errno);
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int
print_fresh(char *out, size_t size, const char *path)
{
	int n = snprintf(out, size, "%s" FILE_NEW_SUFFIX, path);

	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}

/* Puts what was written, or could not be (`rc`), in the place of the file. */
static int
put_fresh(int fd, const char *fresh, const char *path, int rc)
{
	if (close(fd) < 0 && rc == 0)
		rc = posix_err(errno);
	if (rc == 0 && rename(fresh, path) < 0)
		rc = posix_err(errno);
	if (rc < 0)
		unlink(fresh);
	return rc;
}

int
file_put(const char *path, const void *data, size_t len)
{
	char fresh[PLATFORM_PATH_MAX];
	int fd, rc = print_fresh(fresh, sizeof(fresh), path);

	if (rc < 0)
		return rc;
	fd = open(
	    fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0)
		return posix_err(errno);
	return put_fresh(fd, fresh, path, posix_write(fd, data, len));
}

static int
keep_owner(int fd, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 || st.st_uid == geteuid())
		return 0;
	return fchown(fd, st.st_uid, st.st_gid) < 0 ? posix_err(errno) : 0;
}

int
file_put_private(const char *path, const void *data, size_t len)
{
	char fresh[PLATFORM_PATH_MAX];
	int fd, rc = print_fresh(fresh, sizeof(fresh), path);

	if (rc < 0)
		return rc;
	/* Nobody else has it open, or a name for it. */
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return posix_err(errno);
	rc = keep_owner(fd, path);
	if (rc == 0)
		rc = posix_write(fd, data, len);
	if (rc == 0 && fsync(fd) < 0)
		rc = posix_err(errno);
	return put_fresh(fd, fresh, path, rc);
}

/* Opens the folder in which a file lies. */
static int
open_folder_of(const char *path, int *fd)
{
	char copy[PLATFORM_PATH_MAX];

	if (strlen(path) >= sizeof(copy))
		return ERR_TOO_LONG;
	snprintf(copy, sizeof(copy), "%s", path);
	*fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? posix_err(errno) : 0;
}

int
file_hold(const char *path)
{
	int fd, rc = open_folder_of(path, &fd);

	if (rc < 0)
		return rc;
	/* It stays open, and is let go with us. */
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return posix_err(errno);
	return 0;
}

int
file_become_owner(const char *path)
{
	struct stat st;
	int fd, rc = 0;

	if (geteuid() != 0 || open_folder_of(path, &fd) < 0)
		return 0;
	if (fstat(fd, &st) < 0)
		rc = posix_err(errno);
	else if (st.st_uid != 0 &&
		 (setgroups(0, NULL) < 0 ||
		     setresgid(st.st_gid, st.st_gid, st.st_gid) < 0 ||
		     setresuid(st.st_uid, st.st_uid, st.st_uid) < 0))
		rc = posix_err(errno);
	close(fd);
	return rc;
}

int
file_head(const char *path, uint8_t *data, size_t size, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;
	ssize_t n = 1;

	*len = 0;
	if (fd < 0)
		return posix_err(errno);
	while (n > 0 && *len < size) {
		n = read(fd, data + *len, size - *len);
		if (n < 0)
			rc = posix_err(errno);
		else
			*len += (size_t)n;
	}
	close(fd);
	return rc;
}

int
file_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;

	if (fd < 0)
		return posix_err(errno);
	if (fdatasync(fd) < 0)
		rc = posix_err(errno);
	close(fd);
	return rc;
}

static int
write_zeroes(int fd, size_t bytes)
{
	static const char zeroes[4096];
	ssize_t n;

	for (; bytes > 0; bytes -= (size_t)n) {
		n = write(fd, zeroes,
		    bytes < sizeof(zeroes) ? bytes : sizeof(zeroes));
		if (n < 0)
			return posix_err(errno);
	}
	return fsync(fd) < 0 ? posix_err(errno) : 0;
}

int
folder_try(const char *folder, size_t bytes)
{
	char path[PLATFORM_PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/.ttsd-XXXXXX", folder), fd, rc;

	if (n < 0 || (size_t)n >= sizeof(path))
		return ERR_TOO_LONG;
	fd = mkstemp(path);
	if (fd < 0)
		return posix_err(errno);
	unlink(path);
	rc = write_zeroes(fd, bytes);
	close(fd);
	return rc;
}

int
folder_each(
    const char *folder, void (*fn)(void *arg, const char *name), void *arg)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (dir == NULL)
		return posix_err(errno);
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			fn(arg, entry->d_name);
	closedir(dir);
	return 0;
}
