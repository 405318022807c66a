#include "platform/posix/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Programs are looked for here when there is no PATH, as execvp() does it. */
#define PATH_DEFAULT "/bin:/usr/bin"

/* 0: `path` is a file that may be run; otherwise an errno. */
static int
check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(path, X_OK) < 0 ? errno : 0;
}

int
program_find(char *out, size_t size, const char *name)
{
	const char *path = getenv("PATH"), *next;
	int rc, worst = ENOENT, len;

	if (name[0] == '\0')
		return ENOENT;
	if (strchr(name, '/')) {
		len = snprintf(out, size, "%s", name);
		return len >= 0 && (size_t)len < size ? 0 : ENAMETOOLONG;
	}
	for (path = path ? path : PATH_DEFAULT; path; path = next) {
		next = strchr(path, ':');
		len = (int)(next ? (size_t)(next++ - path) : strlen(path));
		len = snprintf(
		    out, size, "%.*s%s%s", len, path, len ? "/" : "./", name);
		if (len < 0 || (size_t)len >= size)
			continue;
		rc = check_program(out);
		if (rc == 0)
			return 0;
		if (rc != ENOENT && rc != ENOTDIR)
			worst = rc;
	}
	return worst;
}
