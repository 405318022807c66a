#include "platform/state_dir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/files.h"
#include "platform/posix/posix.h"
#include "platform/posix/trust.h"

#define SYSTEM_DIR "/var/lib/ttsd"

/* ---- where it is -------------------------------------------------------- */

static int
print_dir(struct state_dir *d, const char *parent, const char *name)
{
	int n = snprintf(d->path, sizeof(d->path), "%s%s", parent, name);

	return n < 0 || (size_t)n >= sizeof(d->path) ? ERR_TOO_LONG : 0;
}

int
state_dir_find(const char *configured, struct state_dir *d)
{
	const char *service = trust_environment("STATE_DIRECTORY");
	const char *session = trust_environment("XDG_STATE_HOME");
	const char *home = trust_environment("HOME");

	*d = (struct state_dir){ 0 };
	if (configured && configured[0])
		return print_dir(d, configured, "");
	if (service)
		return print_dir(d, service, "");
	if (session)
		return print_dir(d, session, "/ttsd");
	if (geteuid() == 0)
		return print_dir(d, SYSTEM_DIR, "");
	if (home)
		return print_dir(d, home, "/.local/state/ttsd");
	snprintf(d->fault, sizeof(d->fault),
	    "cannot be named: neither state_dir nor $HOME is set");
	return ERR_UNTRUSTED;
}

/* Waits until the name of what was just made is on the disk: the folder above
 * is. Where we may not read that one, it is left to the file system. */
static void
sync_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char above[PLATFORM_PATH_MAX] = ".";

	if (slash)
		snprintf(above, sizeof(above), "%.*s",
		    slash == path ? 1 : (int)(slash - path), path);
	file_sync(above);
}

/* Makes a folder, unless there is something already. */
static int
make_folder(const char *path)
{
	if (mkdir(path, 0700) < 0)
		return errno == EEXIST ? 0 : posix_err(errno);
	sync_name(path);
	return 0;
}

/* Makes the folder, and those on the way to it: a user's first program that
 * keeps state has to. */
static int
make_way(const char *path)
{
	char at[PLATFORM_PATH_MAX], *slash = at;
	int rc = 0;

	snprintf(at, sizeof(at), "%s", path);
	while (rc == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		rc = make_folder(at);
		*slash = '/';
	}
	return rc < 0 ? rc : make_folder(at);
}

/* ---- whose it is -------------------------------------------------------- */

static int
distrust_owner(struct state_dir *d, uid_t owner)
{
	snprintf(
	    d->fault, sizeof(d->fault), "belongs to user %u", (unsigned)owner);
	return ERR_UNTRUSTED;
}

/* A link is followed where we or root laid it, as service managers do. */
static int
check_folder(struct state_dir *d)
{
	struct stat st;

	if (lstat(d->path, &st) < 0)
		return posix_err(errno);
	if (!trust_owner(st.st_uid))
		return distrust_owner(d, st.st_uid);
	if (stat(d->path, &st) < 0)
		return posix_err(errno);
	if (!S_ISDIR(st.st_mode))
		return ERR_NOT_DIR;
	if (!trust_owner(st.st_uid))
		return distrust_owner(d, st.st_uid);
	if (trust_others_write(st.st_mode)) {
		snprintf(d->fault, sizeof(d->fault),
		    "can be written by others (its mode is %04o)",
		    (unsigned)st.st_mode & 07777);
		return ERR_UNTRUSTED;
	}
	return access(d->path, W_OK | X_OK) < 0 ? posix_err(errno) : 0;
}

int
state_dir_open(const char *configured, struct state_dir *out)
{
	int rc = state_dir_find(configured, out);

	umask(077);
	if (rc == 0)
		rc = make_way(out->path);
	/* What is in the way of a folder is told by looking at it. */
	if (rc == 0 || rc == ERR_IN_USE)
		rc = check_folder(out);
	return rc;
}

/* Could the folder, which is not there, be made? The first one on the way to it
 * that is there tells. */
static int
check_way(const char *path)
{
	char at[PLATFORM_PATH_MAX], *slash;
	const char *above = at;
	struct stat st;

	snprintf(at, sizeof(at), "%s", path);
	do {
		slash = strrchr(at, '/');
		if (slash)
			*slash = '\0';
		if (slash == NULL)
			above = ".";
		else if (slash == at)
			above = "/";
	} while (above == at && lstat(at, &st) < 0 && errno == ENOENT);
	if (stat(above, &st) < 0)
		return posix_err(errno);
	if (!S_ISDIR(st.st_mode))
		return ERR_NOT_DIR;
	return access(above, W_OK | X_OK) < 0 ? posix_err(errno) : 0;
}

int
state_dir_look(const char *configured, struct state_dir *out, bool *there)
{
	struct stat st;
	int rc = state_dir_find(configured, out);

	*there = false;
	if (rc < 0)
		return rc;
	*there = lstat(out->path, &st) == 0 || errno != ENOENT;
	return *there ? check_folder(out) : check_way(out->path);
}

static const char *
kind_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return "a symbolic link";
	case S_IFDIR:
		return "a folder";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

int
state_dir_file(struct state_dir *d, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return posix_err(errno);
	if (!S_ISREG(st.st_mode)) {
		snprintf(d->fault, sizeof(d->fault), "is %s, not a file",
		    kind_name(st.st_mode));
		return ERR_UNTRUSTED;
	}
	return trust_owner(st.st_uid) ? 0 : distrust_owner(d, st.st_uid);
}
