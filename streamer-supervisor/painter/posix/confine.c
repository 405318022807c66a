#include "streamer-supervisor/painter/posix/confine.h"

#include <fontconfig/fontconfig.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/posix/sandbox.h"

#define PATHS_MAX 512

struct paths {
	const char *list[PATHS_MAX + 1]; /* ends with NULL */
	size_t count;
};

/* The path is the list's from then on. */
static void
paths_take(struct paths *p, char *path)
{
	if (path && p->count < PATHS_MAX)
		p->list[p->count++] = path;
	else
		free(path);
}

/* The nearest folder above a file that is there. */
static void
paths_add_folder(struct paths *p, char *file)
{
	char *folder = file;

	if (file == NULL)
		return;
	do
		folder = dirname(folder);
	while (access(folder, F_OK) < 0 && strcmp(folder, "/") != 0 &&
	       strcmp(folder, ".") != 0);
	paths_take(p, strdup(folder));
	free(file);
}

static void
paths_add_all(struct paths *p, FcStrList *list)
{
	const FcChar8 *path;

	if (list == NULL)
		return;
	while ((path = FcStrListNext(list)) != NULL)
		paths_take(p, strdup((const char *)path));
	FcStrListDone(list);
}

/* fontconfig reads its files here, once, and writes its cache where it has to;
 * later it needs the fonts, and the caches that it looks at again. */
static void
paths_add_fonts(struct paths *p)
{
	paths_take(p, strdup("/etc/fonts"));
	if (!FcInit())
		return;
	paths_add_all(p, FcConfigGetCacheDirs(NULL));
	paths_add_all(p, FcConfigGetFontDirs(NULL));
	paths_add_all(p, FcConfigGetConfigFiles(NULL));
}

void
confine(const char *const files[CONFINE_FILES])
{
	struct paths paths = { .count = 0 };
	size_t i;

	for (i = 0; i < CONFINE_FILES; i++)
		if (files[i]) {
			paths_add_folder(&paths, strdup(files[i]));
			paths_add_folder(&paths, realpath(files[i], NULL));
		}
	paths_add_fonts(&paths);
	sandbox_enter(&(struct sandbox){ .readable = paths.list });
	for (i = 0; i < paths.count; i++)
		free((char *)paths.list[i]);
}

/* access() tells what the user may, whatever the sandbox. */
void
confine_check(const char *path)
{
	if (access(path, R_OK) == 0)
		_exit(EXIT_SUCCESS);
}
