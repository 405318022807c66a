/*
 * Pipes live in one flat folder, so the "runtime directory" is the beginning
 * of their names: \\.\pipe\ttsd, and the control socket is
 * \\.\pipe\ttsd-control.
 */
#include "platform/runtime_dir.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "platform/win32/win32.h"

/* A bare word is a name in the folder of pipes. */
int
runtime_dir_open(const char *configured, struct runtime_dir *out)
{
	bool given = configured && configured[0];
	bool bare = given && strpbrk(configured, "\\/:") == NULL;
	int n;

	*out = (struct runtime_dir){ 0 };
	n = snprintf(out->path, sizeof(out->path), "%s%s",
	    !given || bare ? PIPES : "", given ? configured : "ttsd");
	if (n < 0 || (size_t)n >= sizeof(out->path))
		return ERR_TOO_LONG;
	return pipe_is_name(out->path) ? path_check_socket(out->path)
				       : ERR_INVALID;
}

int
runtime_dir_find(const char *named, unsigned index, struct runtime_dir *out)
{
	return index == 0 ? runtime_dir_open(named, out) : ERR_END;
}
