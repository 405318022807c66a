/* Local sockets: stale ones replaced, live ones left alone. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"
#include "platform/posix/systemd/activation.h"

/* A child of a daemon that was killed holds its sockets until it has become the
 * program that it was made for, which takes its time on a busy machine. */
#define ORPHAN_TRIES 20
#define ORPHAN_MS 100

/* Does anybody answer on this socket? */
static bool
is_live(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool live;

	if (fd < 0)
		return true;
	live = connect(fd, (const struct sockaddr *)address,
		   sizeof(*address)) == 0 ||
	       errno == EAGAIN;
	close(fd);
	return live;
}

static int
remove_stale(const struct sockaddr_un *address)
{
	struct stat st;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : posix_err(errno);
	if (!S_ISSOCK(st.st_mode) || is_live(address))
		return ERR_IN_USE;
	return unlink(address->sun_path) < 0 ? posix_err(errno) : 0;
}

static int
bind_private(int fd, const struct sockaddr_un *address)
{
	mode_t old = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)address, sizeof(*address));

	if (rc < 0)
		rc = posix_err(errno);
	umask(old);
	return rc;
}

/* The lock on the folder lets one of two daemons that start at once look,
 * replace and bind before the other looks. */
static int
open_locked(const struct sockaddr_un *address, int fd)
{
	char dir[sizeof(address->sun_path)];
	int lock, rc;

	memcpy(dir, address->sun_path, sizeof(dir));
	lock = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return posix_err(errno);
	flock(lock, LOCK_EX);
	rc = remove_stale(address);
	if (rc == 0)
		rc = bind_private(fd, address);
	if (rc == 0 && listen(fd, SOMAXCONN) < 0)
		rc = posix_err(errno);
	close(lock);
	return rc;
}

static int
open_patiently(const struct sockaddr_un *address, int fd)
{
	static const struct timespec pause = { .tv_nsec = ORPHAN_MS * 1000000 };
	int rc = open_locked(address, fd), tries;

	for (tries = 0; rc == ERR_IN_USE && tries < ORPHAN_TRIES; tries++) {
		nanosleep(&pause, NULL);
		rc = open_locked(address, fd);
	}
	return rc;
}

/* Notes which file is ours. */
static void
note_file(struct local *local)
{
	struct stat st;

	if (lstat(local->path, &st) == 0) {
		local->dev = st.st_dev;
		local->ino = st.st_ino;
	}
}

int
local_open(const char *path, struct local *out)
{
	struct sockaddr_un address;
	int rc = posix_address(path, &address), fd;

	*out = (struct local){ .fd = -1 };
	if (rc < 0)
		return rc;
	fd = activation_take(path);
	out->lent = fd >= 0;
	if (fd < 0)
		fd = socket(
		    AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return posix_err(errno);
	rc = out->lent ? 0 : open_patiently(&address, fd);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	out->fd = fd;
	memcpy(out->path, address.sun_path, sizeof(out->path));
	note_file(out);
	rc = admission_apply(out->path);
	if (rc < 0) {
		local_remove(out);
		close(fd);
		out->fd = -1;
	}
	return rc;
}

void
local_adopt(const char *path, int fd, struct local *out)
{
	*out = (struct local){ .fd = fd };
	snprintf(out->path, sizeof(out->path), "%s", path);
	note_file(out);
}

void
local_remove(const struct local *local)
{
	struct stat st;

	/* Somebody else's socket may stand there by now. */
	if (!local->lent && lstat(local->path, &st) == 0 &&
	    st.st_dev == local->dev && st.st_ino == local->ino)
		unlink(local->path);
}
