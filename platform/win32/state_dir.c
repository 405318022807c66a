#include "platform/state_dir.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "platform/files.h"
#include "platform/win32/win32.h"

/* In the user's own folder, whose access rules are the file's. */
static int
state_dir_print(struct state_dir *d, const char *configured)
{
	const char *own = getenv("LOCALAPPDATA");
	int n;

	*d = (struct state_dir){ 0 };
	if (configured && configured[0]) {
		n = snprintf(d->path, sizeof(d->path), "%s", configured);
	} else if (own && own[0]) {
		n = snprintf(d->path, sizeof(d->path), "%s\\ttsd", own);
	} else {
		snprintf(d->fault, sizeof(d->fault),
		    "cannot be named: neither state_dir nor %%LOCALAPPDATA%% "
		    "is set");
		return ERR_UNTRUSTED;
	}
	return n < 0 || (size_t)n >= sizeof(d->path) ? ERR_TOO_LONG : 0;
}

int
state_dir_open(const char *configured, struct state_dir *out)
{
	struct file_facts facts;
	wchar_t *name;
	int rc = state_dir_print(out, configured);

	if (rc < 0)
		return rc;
	name = utf16_dup(out->path);
	if (name == NULL)
		return ERR_INVALID;
	CreateDirectoryW(name, NULL);
	free(name);
	rc = file_look(out->path, &facts);
	return rc == 0 && !facts.is_folder ? ERR_NOT_DIR : rc;
}

int
state_dir_file(struct state_dir *d, const char *path)
{
	struct file_facts facts;
	int rc = file_look(path, &facts);

	if (rc < 0 || !facts.is_folder)
		return rc;
	snprintf(d->fault, sizeof(d->fault), "is a folder, not a file");
	return ERR_UNTRUSTED;
}
