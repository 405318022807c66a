#include "ttsd/ledger/aside.h"

#include <stdio.h>

#include "common/err.h"
#include "platform/files.h"

#define ASIDE_MAX 1000
#define ASIDE_NAME "%s.aside-%d"

/* What is not yet in the database is in its log, and means nothing without
 * it: they go together. */
static int
aside_put_log(const char *path, const char *to)
{
	char from_log[PLATFORM_PATH_MAX], to_log[PLATFORM_PATH_MAX];
	int rc;

	snprintf(from_log, sizeof(from_log), "%s-wal", path);
	snprintf(to_log, sizeof(to_log), "%s-wal", to);
	rc = file_move(from_log, to_log);
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

int
aside_put(const char *path, char *out, size_t size)
{
	int rc = ERR_IN_USE, i, n;

	for (i = 1; i <= ASIDE_MAX && rc == ERR_IN_USE; i++) {
		n = snprintf(out, size, ASIDE_NAME, path, i);
		if (n < 0 || (size_t)n >= size)
			return ERR_TOO_LONG;
		rc = file_move(path, out);
	}
	return rc < 0 ? rc : aside_put_log(path, out);
}

bool
aside_is_there(const char *path)
{
	char name[PLATFORM_PATH_MAX];
	struct file_facts facts;

	snprintf(name, sizeof(name), ASIDE_NAME, path, 1);
	return file_look(name, &facts) == 0;
}
