#include "platform/runtime_dir.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"
#include "platform/posix/trust.h"

#define SYSTEM_DIR "/run/ttsd"

/* This is who says that the folder is this one. */
enum word {
	WORD_NAMED,  /* the user or the service manager */
	WORD_OWN,    /* we: it is our user's */
	WORD_SYSTEM, /* we: it is the service's */
};

/* ---- what is wrong with a folder ---------------------------------------- */

static int
parent_stat(const char *path, struct stat *out)
{
	char copy[PLATFORM_PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	return stat(dirname(copy), out);
}

static int
distrust_owner(struct runtime_dir *d, uid_t owner)
{
	snprintf(d->fault, sizeof(d->fault),
	    "belongs to user %u, who would receive all that is sent there",
	    (unsigned)owner);
	return ERR_UNTRUSTED;
}

/* Has another user laid a link or folder of the path where anybody could
 * have? In /tmp the name of a folder does not tell whose it is. */
static int
check_way(struct runtime_dir *d)
{
	char at[PLATFORM_PATH_MAX], *up;
	struct stat st, parent;

	snprintf(at, sizeof(at), "%s", d->path);
	for (;;) {
		if (lstat(at, &st) == 0 && !trust_owner(st.st_uid) &&
		    parent_stat(at, &parent) == 0 &&
		    trust_others_write(parent.st_mode))
			return distrust_owner(d, st.st_uid);
		up = dirname(at);
		if (strcmp(up, "/") == 0 || strcmp(up, ".") == 0)
			return 0;
		memmove(at, up, strlen(up) + 1);
	}
}

/* A service manager made it for the user of the service: nobody but root can
 * put a folder there. */
static bool
is_from_root(const char *path)
{
	struct stat parent;

	return parent_stat(path, &parent) == 0 && parent.st_uid == 0 &&
	       !trust_others_write(parent.st_mode);
}

static int
check_found(struct runtime_dir *d, enum word word)
{
	struct stat st;

	if (lstat(d->path, &st) < 0)
		return posix_err(errno);
	if (!trust_owner(st.st_uid) &&
	    !(word == WORD_SYSTEM && is_from_root(d->path)))
		return distrust_owner(d, st.st_uid);
	if (S_ISLNK(st.st_mode))
		snprintf(d->fault, sizeof(d->fault), "is a symbolic link");
	else if (!S_ISDIR(st.st_mode))
		snprintf(d->fault, sizeof(d->fault), "is not a directory");
	else if (trust_others_write(st.st_mode))
		snprintf(d->fault, sizeof(d->fault),
		    "can be written by others (its mode is %04o)",
		    (unsigned)st.st_mode & 07777);
	return d->fault[0] ? ERR_UNTRUSTED : 0;
}

/* ---- where it may be ----------------------------------------------------- */

static int
print_dir(struct runtime_dir *d, const char *parent, const char *name)
{
	int n = snprintf(d->path, sizeof(d->path), "%s%s", parent, name);

	return n < 0 || (size_t)n >= sizeof(d->path) ? ERR_TOO_LONG : 0;
}

static int
print_temporary(struct runtime_dir *d)
{
	const char *temporary = trust_environment("TMPDIR");
	char own[32];

	snprintf(own, sizeof(own), "/ttsd-%u", (unsigned)geteuid());
	return print_dir(d, temporary ? temporary : "/tmp", own);
}

/* Prints the index-th (from 0) of the folders that are tried when none is
 * named. */
static int
print_found(struct runtime_dir *d, unsigned index, enum word *word)
{
	const char *session = trust_environment("XDG_RUNTIME_DIR");

	*word = WORD_OWN;
	if (session && index-- == 0)
		return print_dir(d, session, "/ttsd");
	if (geteuid() != 0 && index-- == 0)
		return print_temporary(d);
	*word = WORD_SYSTEM;
	return index == 0 ? print_dir(d, SYSTEM_DIR, "") : ERR_END;
}

static int
runtime_dir_print(
    struct runtime_dir *d, const char *named, unsigned index, enum word *word)
{
	*d = (struct runtime_dir){ 0 };
	*word = WORD_NAMED;
	if (named == NULL || named[0] == '\0')
		named = trust_environment("RUNTIME_DIRECTORY");
	if (named == NULL)
		return print_found(d, index, word);
	return index == 0 ? print_dir(d, named, "") : ERR_END;
}

/* ---- daemons and clients ------------------------------------------------- */

static int
check_named_for_daemon(struct runtime_dir *d)
{
	struct stat st;

	if (stat(d->path, &st) < 0)
		return posix_err(errno);
	if (!S_ISDIR(st.st_mode))
		return ERR_NOT_DIR;
	return trust_owner(st.st_uid) ? 0 : distrust_owner(d, st.st_uid);
}

int
runtime_dir_open(const char *configured, struct runtime_dir *out)
{
	enum word word;
	int rc = runtime_dir_print(out, configured, 0, &word);

	if (rc < 0)
		return rc;
	if (mkdir(out->path, 0700) < 0 && errno != EEXIST)
		return posix_err(errno);
	rc = word == WORD_NAMED ? check_named_for_daemon(out)
				: check_found(out, WORD_OWN);
	if (rc == 0 && access(out->path, W_OK | X_OK) < 0)
		rc = posix_err(errno);
	return rc;
}

int
runtime_dir_find(const char *named, unsigned index, struct runtime_dir *out)
{
	enum word word;
	int rc = runtime_dir_print(out, named, index, &word);

	if (rc < 0)
		return rc;
	rc = word == WORD_NAMED ? check_way(out) : check_found(out, word);
	return rc == ERR_UNTRUSTED ? rc : 0;
}
