/* A disk in memory: a list of files and folders, by their whole paths. */
#include "platform/files.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "tests/fake/world.h"

static struct fake_file *files;

void
files_begin(void)
{
	files = NULL;
}

void
files_end(void)
{
	struct fake_file *f;

	while ((f = files) != NULL) {
		files = f->next;
		free(f->path);
		free(f->text);
		free(f);
	}
}

struct fake_file *
files_find(const char *path)
{
	struct fake_file *f = files;

	while (f && strcmp(f->path, path) != 0)
		f = f->next;
	return f;
}

static struct fake_file *
find_or_make(const char *path)
{
	struct fake_file *f = files_find(path);

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	f->path = strdup(path);
	f->next = files;
	files = f;
	return f;
}

/* Returns the name of a file that is in that folder; NULL for others. */
static const char *
name_in(const struct fake_file *f, const char *folder)
{
	size_t len = strlen(folder);

	if (f->text == NULL || strncmp(f->path, folder, len) != 0 ||
	    f->path[len] != '/' || strchr(f->path + len + 1, '/'))
		return NULL;
	return f->path + len + 1;
}

static bool
is_folder(const char *path)
{
	const struct fake_file *f = files_find(path);

	if (f && f->folder)
		return true;
	for (f = files; f; f = f->next)
		if (path[0] && name_in(f, path))
			return true;
	return false;
}

/* ---- for the test ----------------------------------------------------- */

void
fake_file(const char *path, const char *text, bool open)
{
	struct fake_file *f = find_or_make(path);
	char *copy = text ? strdup(text) : NULL;

	free(f->text);
	f->text = copy;
	f->open = open;
}

const char *
fake_file_text(const char *path)
{
	const struct fake_file *f = files_find(path);

	return f ? f->text : NULL;
}

unsigned
fake_syncs(const char *path)
{
	const struct fake_file *f = files_find(path);

	return f ? f->syncs : 0;
}

void
fake_folder(const char *path, int err)
{
	struct fake_file *f = find_or_make(path);

	f->folder = true;
	f->err = err;
}

void
fake_file_hangs(const char *path, bool hangs)
{
	files_find(path)->hangs = hangs;
}

/* ---- files.h ---------------------------------------------------------- */

int
file_look(const char *path, struct file_facts *out)
{
	const struct fake_file *f = files_find(path);

	*out = (struct file_facts){ .is_folder = is_folder(path) };
	if (f && f->text)
		out->bytes = (int64_t)strlen(f->text);
	return out->is_folder || (f && f->text) ? 0 : ERR_NOT_FOUND;
}

int
file_move(const char *from, const char *to)
{
	struct fake_file *f = files_find(from);
	bool before = world_enter(false);
	int rc = 0;

	if (f == NULL || f->text == NULL)
		rc = ERR_NOT_FOUND;
	else if (fake_file_text(to))
		rc = ERR_IN_USE;
	else
		fake_file(to, f->text, f->open);
	if (rc == 0)
		fake_file(from, NULL, false);
	world_leave(before);
	return rc;
}

int
file_remove(const char *path)
{
	if (fake_file_text(path) == NULL)
		return ERR_NOT_FOUND;
	fake_file(path, NULL, false);
	return 0;
}

int
file_sync(const char *path)
{
	struct fake_file *f = files_find(path);

	if (f == NULL || f->text == NULL)
		return ERR_NOT_FOUND;
	f->syncs++;
	return 0;
}

int
folder_try(const char *folder, size_t bytes)
{
	const struct fake_file *f = files_find(folder);

	(void)bytes;
	return f ? f->err : 0;
}

int
folder_each(
    const char *folder, void (*fn)(void *arg, const char *name), void *arg)
{
	const struct fake_file *f;

	if (!is_folder(folder))
		return ERR_NOT_FOUND;
	for (f = files; f; f = f->next)
		if (name_in(f, folder))
			fn(arg, name_in(f, folder));
	return 0;
}
