#include "platform/admission.h"

#include <errno.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

#define GROUPS_MAX 1024 /* that a user is in */

static struct {
	gid_t group;
	mode_t mode; /* 0: as it was opened, for this user alone */
} admitted;

static bool
is_member(gid_t group)
{
	gid_t groups[GROUPS_MAX];
	int i = getgroups(GROUPS_MAX, groups);

	while (i > 0 && groups[i - 1] != group)
		i--;
	return i > 0 || group == getegid() || geteuid() == 0;
}

static int
find_group(const char *name, gid_t *out)
{
	const struct group *group;

	*out = getegid();
	if (name[0] == '\0')
		return 0;
	group = getgrnam(name);
	if (group == NULL)
		return ERR_NOT_FOUND;
	*out = group->gr_gid;
	return is_member(*out) ? 0 : ERR_DENIED;
}

int
admission_check(const char *group, unsigned mode)
{
	gid_t found;

	(void)mode;
	return find_group(group, &found);
}

/* They may pass, and see nothing that they do not know by name. Where the
 * folder is somebody else's, it is theirs to open. */
static int
let_pass(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return posix_err(errno);
	if (st.st_uid != geteuid() || (st.st_mode & 0011) == 0011)
		return 0;
	return chmod(dir, (st.st_mode & 07777) | 0011) < 0 ? posix_err(errno)
							   : 0;
}

int
admission_set(const char *group, unsigned mode, const struct runtime_dir *dir)
{
	int rc = find_group(group, &admitted.group);

	if (rc == 0)
		rc = let_pass(dir->path);
	if (rc == 0)
		admitted.mode = (mode_t)mode;
	return rc;
}

int
admission_apply(const char *path)
{
	if (admitted.mode == 0)
		return 0;
	/* In this order nobody is let in who is not meant. */
	if (chown(path, (uid_t)-1, admitted.group) < 0 ||
	    chmod(path, admitted.mode) < 0)
		return posix_err(errno);
	return 0;
}
