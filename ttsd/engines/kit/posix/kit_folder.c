/* POSIX side of kit_folder.h. */
#include "ttsd/engines/kit/kit_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "ttsd/engines/kit/posix/kit_posix.h"

int
kit_folder_list(
    const char *dir, int (*each)(void *ctx, const char *name), void *ctx)
{
	const struct dirent *entry;
	struct stat st;
	DIR *d = opendir(dir);
	int rc = 0;

	if (d == NULL)
		return posix_err(errno);
	while (rc == 0 && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] != '.' &&
		    fstatat(dirfd(d), entry->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode))
			rc = each(ctx, entry->d_name);
	}
	closedir(d);
	return rc;
}
