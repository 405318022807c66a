#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

static int
print_path(
    char *out, size_t size, const char *fmt, const char *a, const char *b)
{
	int n = snprintf(out, size, fmt, a, b);

	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}

size_t
path_socket_max(void)
{
	return sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
}

int
path_check_socket(const char *path)
{
	return strlen(path) > path_socket_max() ? ERR_TOO_LONG : 0;
}

int
path_socket(const char *dir, const char *name, char *out, size_t size)
{
	int rc = print_path(out, size, "%s/%s.sock", dir, name);

	return rc < 0 ? rc : path_check_socket(out);
}

int
posix_address(const char *path, struct sockaddr_un *out)
{
	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	if (path_check_socket(path) < 0)
		return ERR_TOO_LONG;
	memcpy(out->sun_path, path, strlen(path));
	return 0;
}

/* A link that holds when the file is replaced while it runs. */
int
path_self(char *out, size_t size)
{
	return print_path(out, size, "%s%s", "/proc/self/exe", "");
}

int
path_libexec(char *out, size_t size)
{
	char self[PLATFORM_PATH_MAX], *dir;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return posix_err(errno);
	self[n] = '\0';
	dir = dirname(self);
	return print_path(out, size, "%s/%s", dirname(dir), "libexec/ttsd");
}

const char *
path_config_file(void)
{
	return "/etc/ttsd/ttsd.conf";
}

int
path_check_folder(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return posix_err(errno);
	if (!S_ISDIR(st.st_mode))
		return posix_err(ENOTDIR);
	return access(path, R_OK | X_OK) < 0 ? posix_err(errno) : 0;
}

bool
path_is_private(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return true;
	return (st.st_mode & S_IROTH) == 0 &&
	       ((st.st_mode & S_IRGRP) == 0 || st.st_uid != geteuid());
}

/* Returns why a file that is not regular is not read; 0 for one that is. */
static int
path_kind_err(const struct stat *st)
{
	struct stat null;

	switch (st->st_mode & S_IFMT) {
	case S_IFREG:
		return 0;
	case S_IFDIR:
		return ERR_IS_FOLDER;
	case S_IFIFO:
		return ERR_IS_FIFO;
	case S_IFSOCK:
		return ERR_IS_SOCKET;
	default:
		return S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 &&
			       null.st_rdev == st->st_rdev
			   ? 0
			   : ERR_IS_DEVICE;
	}
}

/* Takes over the descriptor. */
static int
read_all(int fd, struct buf *out)
{
	char chunk[4096];
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n > 0)
			rc = buf_put(out, chunk, (size_t)n);
		else if (errno != EINTR)
			rc = posix_err(errno);
	}
	close(fd);
	return rc == ERR_FULL ? ERR_TOO_LONG : rc;
}

int
path_read(const char *path, struct buf *out)
{
	struct stat st;
	int rc, fd;

	/* The file is looked at first, for to open some devices is to use them.
	 */
	if (stat(path, &st) < 0)
		return posix_err(errno);
	rc = path_kind_err(&st);
	if (rc < 0)
		return rc;
	/* The file may have become a FIFO since, so opening must not wait. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return posix_err(errno);
	rc = fstat(fd, &st) < 0 ? posix_err(errno) : path_kind_err(&st);
	if (rc == 0)
		return read_all(fd, out);
	close(fd);
	return rc;
}

int
path_read_waiting(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? posix_err(errno) : read_all(fd, out);
}
